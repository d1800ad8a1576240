import { isValidSpanId, isValidTraceId } from "@opentelemetry/api";
import type { Exemplar } from "./family.ts";
import type { ExemplarChoice } from "./registry-family.ts";

/** No exemplar at all: the text format has none. */
export const noExemplars: ExemplarChoice = {
  ofNumber: () => undefined,
  ofHistogram: () => undefined,
};

/** Every exemplar: every sampled trace is kept. */
export const allExemplars: ExemplarChoice = {
  ofNumber: ({ exemplar }) => (isWritable(exemplar) ? exemplar : undefined),
  ofHistogram: ({ exemplars }) =>
    exemplars?.map((exemplar) => (isWritable(exemplar) ? exemplar : undefined)),
};

/** How many exemplars of earlier scrapes are asked after again. */
const REMEMBERED = 4;

/**
 * Shows exemplars of kept traces only.
 *
 * A trace is decided on when it has ended, so the last call of a busy series mostly belongs to one that is not yet. The
 * exemplars of a few earlier scrapes are therefore asked after again, and the latest of a kept trace is shown; that is
 * also the order in which Prometheus wants to see them.
 *
 * @param isKept Says whether a trace was kept; false as long as that is not decided.
 */
export function keptExemplars(isKept: (traceId: string) => boolean): ExemplarChoice {
  // By the list of label values, which is the same object in each snapshot of a series, and goes with it.
  const remembered = new WeakMap<readonly string[], Exemplar[][]>();

  function choose(
    series: readonly string[],
    bucket: number,
    latest: Exemplar | undefined,
  ): Exemplar | undefined {
    if (!isWritable(latest)) return undefined;
    let buckets = remembered.get(series);
    if (buckets === undefined) remembered.set(series, (buckets = []));
    const candidates = (buckets[bucket] ??= []);
    if (candidates.at(-1) !== latest) candidates.push(latest);
    if (candidates.length > REMEMBERED) candidates.shift();
    return candidates.findLast(({ traceId }) => isKeptTrace(traceId));
  }

  function isKeptTrace(traceId: string): boolean {
    try {
      return isKept(traceId);
    } catch {
      return false;
    }
  }

  return {
    ofNumber: ({ labelValues, exemplar }) => choose(labelValues, 0, exemplar),
    ofHistogram: ({ labelValues, exemplars }) =>
      exemplars?.map((exemplar, bucket) => choose(labelValues, bucket, exemplar)),
  };
}

/** A span that is not the SDK's may have ids of any sort. */
function isWritable(exemplar: Exemplar | undefined): exemplar is Exemplar {
  return (
    exemplar !== undefined && isValidTraceId(exemplar.traceId) && isValidSpanId(exemplar.spanId)
  );
}
