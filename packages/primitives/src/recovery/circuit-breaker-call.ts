import type { CircuitState } from "../catalog/values.ts";
import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { CircuitOpenError, isWorkflowError } from "../errors.ts";
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
}

/** One execution of a circuit breaker. */
export class CircuitBreakerCall implements CircuitCaller {
  readonly runtime: Runtime;
  readonly #plan: Plan;
  readonly #context: CallContext;
  readonly #meters: CircuitMeters;
  /** What this call was let in with, in this process: not set on a replay. */
  #admission: Admission | undefined = undefined;
  #settling: Promise<void> | undefined = undefined;
  #letGo: (() => void)[] = [];
  #error: unknown = undefined;
  #transition = "";

  constructor(plan: Plan, context: CallContext, meters: CircuitMeters) {
    this.runtime = context.runtime;
    this.#plan = plan;
    this.#context = context;
    this.#meters = meters;
  }

  async run(input: unknown): Promise<unknown> {
    const context = this.#context;
    try {
      const { isAdmitted, state, retryAfterMs } = await context.decide("admit", () =>
        this.#admit(),
      );
      if (context.isRecording) context.span!.setAttribute("circuit_breaker.state", state);
      if (!isAdmitted) return this.#refuse(state, retryAfterMs);
      context.branch.scope.check(this.runtime.elapsed());
      this.#watch();
      return await context.invoke(this.#plan.edge, input);
    } catch (error) {
      // Does nothing but where the step was never called.
      this.#settle("ignored");
      throw error;
    } finally {
      await this.#settling;
    }
  }

  async #admit(): Promise<Admission> {
    const admission = await this.#plan.circuit.admit(this);
    if (admission.isAdmitted) this.#admission = admission;
    return admission;
  }

  #refuse(state: CircuitState, retryAfterMs: number): never {
    if (!this.runtime.replaying) this.#meters.counted("rejected");
    const why =
      state === "open"
        ? `open, for another ${Math.ceil(retryAfterMs)} ms`
        : "half-open, and its probes are under way";
    throw new CircuitOpenError(
      `circuit breaker "${this.#context.place.name}" is ${why}`,
      retryAfterMs,
    );
  }

  /** Hears of the end whichever way it comes: a stream is over long after it was returned, a deaf step never is. */
  #watch(): void {
    const context = this.#context;
    context.onSettled = (failure) =>
      this.#settle(failure === undefined ? "success" : this.#outcomeOf(failure.error));
    this.#letGo = [
      context.branch.scope.onAbort((reason) => this.#settle(this.#outcomeOf(reason))),
      whenLost(this.runtime, () => this.#settle("ignored")),
    ];
  }
}
