import type { CircuitState } from "../catalog/values.ts";
import type { CircuitRecord } from "./circuit-breaker-store.ts";

export interface CircuitRules {
  readonly openMs: number;
  readonly halfOpenCalls: number;
}

/** What a breaker said to a call. JSON: it is recorded, and a replay goes by it. */
export interface Admission {
  readonly isAdmitted: boolean;
  /** The state the call found; an admitted one under "half_open" is a probe. */
  readonly state: CircuitState;
  readonly changes: number;
  /** For the refused: 0 while probes are under way. */
  readonly retryAfterMs: number;
}

export type CallOutcome = "success" | "failure" | "ignored";

export const CLOSED: CircuitRecord = {
  state: "closed",
  revision: 0,
  changes: 0,
  changedAtMs: 0,
  probes: 0,
  succeeded: 0,
};

/** Probes of which nothing is heard for so many open periods, and at least a minute, were lost with their process. */
const PATIENCE_PERIODS = 10;
const MIN_PATIENCE_MS = 60_000;

/** Lets a call in or refuses it. An open circuit turns half-open when a call comes, not before. */
export function admit(
  at: CircuitRecord,
  nowMs: number,
  { openMs, halfOpenCalls }: CircuitRules,
): { readonly next: CircuitRecord; readonly result: Admission } {
  if (at.state === "closed") return { next: at, result: verdict(at, true) };
  if (at.state === "half_open" && at.probes < halfOpenCalls) {
    const next = write(at, { probes: at.probes + 1 });
    return { next, result: verdict(next, true) };
  }
  const periodMs =
    at.state === "open" ? openMs : Math.max(MIN_PATIENCE_MS, PATIENCE_PERIODS * openMs);
  // A state that began in the future began by another clock: by this one it begins now.
  const sinceMs = Math.min(at.changedAtMs, nowMs);
  const leftMs = sinceMs + periodMs - nowMs;
  if (leftMs <= 0) {
    const next = { ...change(at, "half_open", nowMs), probes: 1 };
    return { next, result: verdict(next, true) };
  }
  const next = sinceMs === at.changedAtMs ? at : write(at, { changedAtMs: sinceMs });
  return { next, result: verdict(at, false, at.state === "open" ? leftMs : 0) };
}

/** Takes in how an admitted call ended; in the closed state only a call that made too many failures is told. */
export function settle(
  at: CircuitRecord,
  {
    admission,
    outcome,
    nowMs,
  }: { readonly admission: Admission; readonly outcome: CallOutcome; readonly nowMs: number },
  { halfOpenCalls }: CircuitRules,
): CircuitRecord {
  if (admission.changes !== at.changes) return at;
  if (at.state === "closed") return change(at, "open", nowMs);
  if (outcome === "failure") return change(at, "open", nowMs);
  if (outcome === "ignored") return write(at, { probes: Math.max(0, at.probes - 1) });
  const succeeded = at.succeeded + 1;
  return succeeded < halfOpenCalls ? write(at, { succeeded }) : change(at, "closed", nowMs);
}

function verdict(at: CircuitRecord, isAdmitted: boolean, retryAfterMs = 0): Admission {
  return { isAdmitted, state: at.state, changes: at.changes, retryAfterMs };
}

function write(at: CircuitRecord, changed: Partial<CircuitRecord>): CircuitRecord {
  return { ...at, ...changed, revision: at.revision + 1 };
}

function change(at: CircuitRecord, state: CircuitState, nowMs: number): CircuitRecord {
  return write(at, {
    state,
    changes: at.changes + 1,
    changedAtMs: nowMs,
    probes: 0,
    succeeded: 0,
  });
}
