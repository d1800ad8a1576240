import type { TraceState } from "@opentelemetry/api";
import type { SamplingResult } from "@opentelemetry/sdk-trace";
import { SamplingDecision } from "@opentelemetry/sdk-trace";
import { ADJUSTED_COUNT } from "./sampling-attributes.ts";
import type { Threshold } from "./threshold.ts";
import { EVERYTHING } from "./threshold.ts";
import { readSamplingState, withThreshold } from "./trace-state.ts";

/** The answers of a sampler that keeps a span. Made once for each threshold and state, since they are given for every span. */
export interface SamplingResults {
  /** For a span that does as its parent did: the state goes on as it is. */
  readonly following: (state: TraceState | undefined) => SamplingResult;
  /** For a span that was decided on, below a parent that had this state. */
  readonly deciding: (threshold: Threshold, state: TraceState | undefined) => SamplingResult;
  /** For a span below a parent whose threshold does not fit what the parent did. */
  readonly erasing: (state: TraceState | undefined) => SamplingResult;
}

const KEEP: SamplingResult = { decision: SamplingDecision.RECORD_AND_SAMPLED };

/** Makes the answers. */
export function createSamplingResults(): SamplingResults {
  const byState = new WeakMap<TraceState, SamplingResult>();
  const byThreshold = new WeakMap<Threshold, SamplingResult>();

  const following = (state: TraceState | undefined): SamplingResult => {
    if (state === undefined) return KEEP;
    let result = byState.get(state);
    if (result === undefined) {
      result = { ...KEEP, ...countOf(readSamplingState(state).threshold) };
      byState.set(state, result);
    }
    return result;
  };

  const deciding = (threshold: Threshold, state: TraceState | undefined): SamplingResult => {
    if (state !== undefined) {
      return readSamplingState(state).threshold?.hex === threshold.hex
        ? following(state)
        : decided(threshold, state);
    }
    let result = byThreshold.get(threshold);
    if (result === undefined) {
      result = decided(threshold, undefined);
      byThreshold.set(threshold, result);
    }
    return result;
  };

  return {
    following,
    deciding,
    erasing: (state) => ({ ...KEEP, traceState: withThreshold(state, undefined) }),
  };
}

function decided(threshold: Threshold, state: TraceState | undefined): SamplingResult {
  return { ...KEEP, ...countOf(threshold), traceState: withThreshold(state, threshold) };
}

/** Where nothing is left out there is nothing to say: a span stands for itself. */
function countOf(threshold: Threshold | undefined): Pick<SamplingResult, "attributes"> {
  return threshold === undefined || threshold.hex === EVERYTHING.hex
    ? {}
    : { attributes: Object.freeze({ [ADJUSTED_COUNT]: threshold.adjustedCount }) };
}
