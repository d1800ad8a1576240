import type { CircuitState } from "@tta-dev/primitives/catalog";

/** One change of state of a circuit breaker. */
export interface CircuitTransition {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** Code or class of the failure that tipped it, where there was one. */
  readonly errorType?: string;
  /** The run in which it happened. */
  readonly workflowName?: string;
  readonly traceId?: string;
}

/** The history of one circuit breaker, of bounded size. */
export interface CircuitTrack {
  readonly state: () => CircuitState;
  /** Since when, epoch milliseconds. */
  readonly sinceMs: () => number;
  readonly change: (transition: CircuitTransition) => void;
  /** The latest changes, oldest first. */
  readonly transitions: () => readonly CircuitTransition[];
  /** Seconds in each state up to now. */
  readonly secondsIn: (nowMs: number) => Readonly<Record<CircuitState, number>>;
}

/** @param kept How many changes are remembered. */
export function createCircuitTrack(
  start: { readonly state: CircuitState; readonly atMs: number },
  kept: number,
): CircuitTrack {
  let { state, atMs: sinceMs } = start;
  const pastMs: Record<CircuitState, number> = { closed: 0, open: 0, half_open: 0 };
  let latest: readonly CircuitTransition[] = [];
  return {
    state: () => state,
    sinceMs: () => sinceMs,
    change(transition) {
      // The clock of the machine may have been set back, and a journal's clock may stand still.
      const atMs = Math.max(sinceMs, transition.atMs);
      pastMs[state] += atMs - sinceMs;
      state = transition.to;
      sinceMs = atMs;
      latest = [...latest, { ...transition, atMs }].slice(-kept);
    },
    transitions: () => latest,
    secondsIn(nowMs) {
      const now = { ...pastMs, [state]: pastMs[state] + Math.max(0, nowMs - sinceMs) };
      return {
        closed: now.closed / 1_000,
        open: now.open / 1_000,
        half_open: now.half_open / 1_000,
      };
    },
  };
}
