import type { Sampler } from "@opentelemetry/sdk-trace";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";

/** Decides at the start of a trace whether it is recorded: by its id, so that every process decides alike. */
export function createSampler(rate: number, parentBased: boolean): Sampler {
  const root =
    rate === 1
      ? new AlwaysOnSampler()
      : rate === 0
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(rate);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}
