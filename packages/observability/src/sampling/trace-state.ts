import type { TraceState } from "@opentelemetry/api";
import { createTraceState } from "@opentelemetry/api";
import type { Threshold } from "./threshold.ts";
import { parseRandomness, parseThreshold } from "./threshold.ts";

/** What `tracestate` says of the sampling so far. */
export interface SamplingState {
  /** Undefined where nobody has said, or where it is no threshold. */
  readonly threshold: Threshold | undefined;
  /** Takes the place of the randomness of the trace id. */
  readonly randomness: string | undefined;
}

/** Everything of OpenTelemetry stands in this one entry, as `key:value` with semicolons between. */
const ENTRY = "ot";
/** Longest entry that may be written (OpenTelemetry, "TraceState Handling"). */
const MAX_LENGTH = 256;

const NOTHING: SamplingState = { threshold: undefined, randomness: undefined };
const known = new WeakMap<TraceState, SamplingState>();

/** Reads what `tracestate` says of sampling. A state that was read before is not read again: all spans of a trace share it. */
export function readSamplingState(state: TraceState | undefined): SamplingState {
  if (state === undefined) return NOTHING;
  let read = known.get(state);
  if (read === undefined) {
    const fields = fieldsOf(state);
    const valueOf = (key: string): string =>
      fields.find((field) => field.startsWith(key))?.slice(key.length) ?? "";
    read = {
      threshold: parseThreshold(valueOf("th:")),
      randomness: parseRandomness(valueOf("rv:")),
    };
    known.set(state, read);
  }
  return read;
}

/**
 * Returns the state with another threshold, or with none, and everything else as it was. It may be empty: the SDK takes
 * a state that is missing for one that did not change.
 */
export function withThreshold(
  state: TraceState | undefined,
  threshold: Threshold | undefined,
): TraceState {
  const before = state ?? createTraceState();
  const others = fieldsOf(before).filter((field) => !field.startsWith("th:"));
  const fields = threshold === undefined ? others : [`th:${threshold.encoded}`, ...others];
  const entry = fields.join(";");
  if (entry.length > MAX_LENGTH) return before.set(ENTRY, others.join(";"));
  return entry === "" ? before.unset(ENTRY) : before.set(ENTRY, entry);
}

function fieldsOf(state: TraceState): readonly string[] {
  return (state.get(ENTRY) ?? "").split(";").filter((field) => field !== "");
}
