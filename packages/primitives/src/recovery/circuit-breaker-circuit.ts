import type { CircuitState } from "../catalog/values.ts";
import type { BoundGauge } from "../metrics/registry.ts";
import type { Runtime } from "../runtime/port.ts";
import {
  admit,
  CLOSED,
  settle,
  type Admission,
  type CallOutcome,
  type CircuitRules,
} from "./circuit-breaker-state.ts";
import {
  exchange,
  type CircuitBreakerStore,
  type CircuitRecord,
  type Exchanged,
} from "./circuit-breaker-store.ts";
import { FailureWindow } from "./circuit-breaker-window.ts";

export interface CircuitPlan extends CircuitRules {
  readonly failureRatio: number;
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly store: CircuitBreakerStore | undefined;
}

/** The call on whose behalf the circuit moves: it has the clock, and it reports. */
export interface CircuitCaller {
  /** Of this process. The clock of a journal is another one for each run. */
  readonly clock: Pick<Runtime, "elapsed" | "now">;
  /** Waits for the store, but not for ever: rejects when it takes too long. */
  within<T>(work: Promise<T>): Promise<T>;
  changed(from: CircuitState, to: CircuitState): void;
  /** The store has begun to fail. */
  storeFailed(error: unknown): void;
}

const STATE_VALUES: Readonly<Record<CircuitState, number>> = { closed: 0, half_open: 0.5, open: 1 };

type Move<T> = (at: CircuitRecord, nowMs: number) => Omit<Exchanged<T>, "at">;

/** The state of one circuit breaker: of all its executions, in every place where it stands. */
export class Circuit {
  readonly #plan: CircuitPlan;
  readonly #window: FailureWindow;
  readonly #gauges = new Set<BoundGauge>();
  /** Without a store the truth; with one what was seen of it last. */
  #local: CircuitRecord = CLOSED;
  #isStoreDown = false;

  constructor(plan: CircuitPlan) {
    this.#plan = plan;
    this.#window = new FailureWindow(plan.windowMs);
  }

  /** Keeps a gauge at the state from now on. Each name that the breaker has brings one. */
  showOn(gauge: BoundGauge): void {
    this.#gauges.add(gauge);
    gauge.set(STATE_VALUES[this.#local.state]);
  }

  /** Says whether a call may go on. Without a store this is done when it returns, before anybody awaits it. */
  admit(caller: CircuitCaller): Promise<Admission> {
    return this.#move(caller, (at, nowMs) => admit(at, nowMs, this.#plan));
  }

  /** Takes in how an admitted call ended. */
  async settle(caller: CircuitCaller, admission: Admission, outcome: CallOutcome): Promise<void> {
    if (admission.state === "closed" && !this.#isTippedBy(caller, admission, outcome)) return;
    await this.#move(caller, (at, nowMs) => ({
      next: settle(at, { admission, outcome, nowMs }, this.#plan),
      result: undefined,
    }));
  }

  /** Counts a call of the closed state; true when there are too many failures now. */
  #isTippedBy(caller: CircuitCaller, admission: Admission, outcome: CallOutcome): boolean {
    if (outcome === "ignored" || admission.changes !== this.#local.changes) return false;
    const { failureRatio, minimumCalls } = this.#plan;
    const isFailure = outcome === "failure";
    const { calls, failures } = this.#window.add(caller.clock.elapsed(), isFailure);
    return calls >= minimumCalls && failures / calls >= failureRatio;
  }

  async #move<T>(caller: CircuitCaller, move: Move<T>): Promise<T> {
    const { store } = this.#plan;
    const shared = store === undefined ? undefined : await this.#moveShared(caller, store, move);
    if (shared !== undefined) return this.#adopt(caller, shared);
    // Processes have no monotonic clock in common.
    const nowMs = store === undefined ? caller.clock.elapsed() : caller.clock.now();
    const at = this.#local;
    return this.#adopt(caller, { at, ...move(at, nowMs) });
  }

  async #moveShared<T>(
    caller: CircuitCaller,
    store: CircuitBreakerStore,
    move: Move<T>,
  ): Promise<Exchanged<T> | undefined> {
    try {
      const moved = await caller.within(
        exchange(store, this.#local, (at) => move(at, caller.clock.now())),
      );
      this.#isStoreDown = false;
      return moved;
    } catch (error) {
      if (!this.#isStoreDown) caller.storeFailed(error);
      this.#isStoreDown = true;
      return undefined;
    }
  }

  #adopt<T>(caller: CircuitCaller, { at, next, result }: Exchanged<T>): T {
    // What was counted before a change, by whichever process, is not counted against the state after it.
    if (next.changes !== this.#local.changes) this.#window.clear();
    this.#local = next;
    for (const gauge of this.#gauges) gauge.set(STATE_VALUES[next.state]);
    if (next.state !== at.state) caller.changed(at.state, next.state);
    return result;
  }
}
