import type { TraceState } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Kept } from "./kept-span.ts";
import { rootName } from "./root-name.ts";
import type { KeepReason } from "./tail-policies.ts";
import type { Threshold } from "./threshold.ts";
import { inARow, randomnessOf } from "./threshold.ts";
import type { TraceRatio } from "./trace-ratio.ts";
import { readSamplingState, withThreshold } from "./trace-state.ts";

/** Works out how a trace is kept, and what that makes of its count. */
export interface TailVerdicts {
  /** For what is in it: then no chance was in play, and its count stays what it was. */
  readonly keep: (reason: KeepReason, span: ReadableSpan) => Kept;
  /** By chance; undefined where it is not kept. */
  readonly draw: (span: ReadableSpan) => Kept | undefined;
}

/**
 * Makes the verdicts.
 *
 * The share is taken of what reaches the tail sampler: where a head sampler has left one trace in ten and one in ten of
 * those is kept here, each stands for a hundred. Of traces that came in sampled without a threshold nobody knows how many
 * there were: they are counted from here on, and `tracestate` stays without one.
 */
export function createTailVerdicts(rest: TraceRatio): TailVerdicts {
  const combine = rememberLast(
    (head: Threshold | undefined, share: Threshold): Chance | undefined => {
      if (head === undefined) {
        return {
          threshold: share,
          kept: { reason: "ratio", adjustedCount: share.adjustedCount, restate: undefined },
        };
      }
      const threshold = inARow(head, share);
      if (threshold === undefined) return undefined;
      const restate = rememberLast((state: TraceState | undefined) =>
        withThreshold(state, threshold),
      );
      return {
        threshold,
        kept: { reason: "ratio", adjustedCount: threshold.adjustedCount, restate },
      };
    },
  );

  return {
    keep: (reason, span) => ({
      reason,
      adjustedCount: readSamplingState(span.spanContext().traceState).threshold?.adjustedCount ?? 1,
      restate: undefined,
    }),
    draw(span) {
      const { traceId, traceState } = span.spanContext();
      const share = rest.thresholdFor(rootName(span.name, span.attributes));
      if (share === undefined) return undefined;
      const { threshold: head, randomness = randomnessOf(traceId) } = readSamplingState(traceState);
      const chance = combine(head, share);
      return chance !== undefined && randomness >= chance.threshold.hex ? chance.kept : undefined;
    },
  };
}

interface Chance {
  readonly threshold: Threshold;
  readonly kept: Kept;
}

/** Nearly every trace comes with the same arguments as the one before it. */
function rememberLast<A extends readonly unknown[], R>(
  compute: (...given: A) => R,
): (...given: A) => R {
  let last: { readonly given: A; readonly result: R } | undefined;
  return (...given) => {
    if (last !== undefined && last.given.every((one, index) => one === given[index])) {
      return last.result;
    }
    last = { given, result: compute(...given) };
    return last.result;
  };
}
