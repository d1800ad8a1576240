import { waitAtMost } from "../door/bounded-wait.ts";
import type { CircuitState } from "../catalog/values.ts";
import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { CircuitOpenError, isWorkflowError, TimeoutError } from "../errors.ts";
import type { Runtime } from "../runtime/port.ts";
import { whenLost } from "../runtime/when-lost.ts";
import { publish } from "../telemetry/publish.ts";
import type { Edge } from "../tree/node.ts";
import type { Circuit, CircuitCaller } from "./circuit-breaker-circuit.ts";
import type { CircuitMeters } from "./circuit-breaker-meters.ts";
import type { Admission, CallOutcome } from "./circuit-breaker-state.ts";

interface Plan {
  readonly edge: Edge;
  readonly circuit: Circuit;
  readonly isFailure: ((error: unknown) => boolean) | undefined;
  readonly storeTimeoutMs: number;
}

/** One execution of a circuit breaker. */
export class CircuitBreakerCall implements CircuitCaller {
  readonly #plan: Plan;
  readonly #context: CallContext;
  readonly #meters: CircuitMeters;
  /** The call inside the decision, which has this process's clock and timers; on a replay there was none. */
  #inner: CallContext | undefined = undefined;
  #admission: Admission | undefined = undefined;
  #settling: Promise<void> | undefined = undefined;
  readonly #letGo: (() => void)[] = [];
  #failure: { readonly error: unknown } | undefined = undefined;
  #transition = "";

  constructor(plan: Plan, context: CallContext, meters: CircuitMeters) {
    this.#plan = plan;
    this.#context = context;
    this.#meters = meters;
  }

  async run(input: unknown): Promise<unknown> {
    const context = this.#context;
    const { runtime, scope } = context.branch;
    try {
      const admission = await context.decide("admit", (inner) => this.#admit(inner));
      context.note("circuit_breaker.state", admission.state);
      if (!admission.isAdmitted) return this.#refuse(admission);
      this.#admission = admission;
      scope.check(runtime.elapsed());
      this.#watch();
      return await context.invoke(this.#plan.edge, input);
    } catch (error) {
      // Changes nothing but where the step was never called.
      this.#settle("ignored");
      throw error;
    } finally {
      await this.#settling;
    }
  }

  get clock(): Pick<Runtime, "elapsed" | "now"> {
    return this.#inner!.runtime;
  }

  async within<T>(work: Promise<T>): Promise<T> {
    const ms = this.#plan.storeTimeoutMs;
    const outcome = await waitAtMost(this.#inner!, work, { ms, heedsAbort: false });
    if (outcome.status === "done") return outcome.value;
    if (outcome.status === "failed") throw outcome.error;
    throw new TimeoutError(`the store did not answer within ${ms} ms`, ms);
  }

  changed(from: CircuitState, to: CircuitState): void {
    const context = this.#context;
    this.#meters.changed(from, to);
    this.#transition = this.#transition === "" ? `${from}->${to}` : `${this.#transition}->${to}`;
    if (context.isRecording)
      context.span!.setAttribute("circuit_breaker.transition", this.#transition);
    publish(context, {
      event: "circuit_breaker.changed",
      level: to === "open" ? "warn" : "info",
      fields: { from, to },
      ...(this.#failure !== undefined && { error: this.#failure.error }),
    });
  }

  storeFailed(error: unknown): void {
    publish(this.#context, {
      event: "circuit_breaker.store_failed",
      level: "warn",
      fields: { error_type: failureOf(error, false).type },
      error,
    });
  }

  async #admit(inner: CallContext): Promise<Admission> {
    this.#inner = inner;
    const admission = await this.#plan.circuit.admit(this);
    if (admission.isAdmitted) {
      // Held from now on, whatever becomes of the decision.
      this.#admission = admission;
      this.#letGo.push(whenLost(this.#context.runtime, () => this.#settle("ignored", true)));
    }
    return admission;
  }

  #refuse({ state, retryAfterMs }: Admission): never {
    if (!this.#context.runtime.replaying) this.#meters.counted("rejected");
    const why =
      state === "open"
        ? `open for another ${Math.ceil(retryAfterMs)} ms`
        : "half-open and waits for its probes";
    const { name } = this.#context.place;
    throw new CircuitOpenError(`circuit breaker "${name}" is ${why}`, retryAfterMs);
  }

  /** Hears of the end whichever way it comes: a stream is over long after it was returned, a deaf step perhaps never. */
  #watch(): void {
    const context = this.#context;
    context.onSettled = (failure) =>
      this.#settle(failure === undefined ? "success" : this.#outcomeOf(failure.error));
    this.#letGo.push(
      context.branch.scope.onAbort((reason) => this.#settle(this.#outcomeOf(reason))),
    );
  }

  #outcomeOf(error: unknown): CallOutcome {
    const { isFailure } = this.#plan;
    const { scope } = this.#context.branch;
    // Stopped from outside: this says nothing of the step, unless a time limit ran out while it worked.
    if (scope.stopped && !isWorkflowError(scope.reason, "TIMEOUT")) return "ignored";
    try {
      const counts = isFailure === undefined ? isFault(error) : isFailure(error);
      if (!counts) return "ignored";
    } catch {
      // Whoever cannot judge an error has not said that it is harmless.
    }
    this.#failure = { error };
    return "failure";
  }

  /** @param isLost True where the call goes on in another process, which will count it */
  #settle(outcome: CallOutcome, isLost = false): void {
    const admission = this.#admission;
    if (admission === undefined) return;
    this.#admission = undefined;
    for (const letGo of this.#letGo) letGo();
    if (!isLost && !this.#context.runtime.replaying) this.#meters.counted(outcome);
    // What another process let in is not for this circuit to settle.
    if (this.#inner !== undefined)
      this.#settling = this.#plan.circuit.settle(this, admission, outcome);
  }
}

/** An abort, and a refusal by a limit of the caller's own, say nothing of what is called. */
function isFault(error: unknown): boolean {
  const { status } = failureOf(error, false);
  return status !== "cancelled" && status !== "rejected";
}
