import type { Attributes } from "@opentelemetry/api";
import type { Snapshot } from "@tta-dev/primitives";
import { allExemplars, noExemplars } from "./exemplar-choice.ts";
import type { ExpositionFormat } from "./format.ts";
import { registryFamily } from "./registry-family.ts";
import { targetInfo } from "./target-info.ts";
import { writeFamily } from "./write-family.ts";

/**
 * Writes a snapshot as Prometheus reads it, in text format 0.0.4 or as OpenMetrics 1.0.
 *
 * A label without a value is left out. Histograms have cumulative buckets; money has every digit. OpenMetrics has units
 * and exemplars besides. Neither has `_created` samples: series exist from 0 on, so that nothing needs the time of
 * their birth, and Prometheus would store them as one more series each.
 *
 * @param resource Attributes of `target_info`.
 * @param format "text" if left out.
 * @example
 * ```ts
 * import { formatExposition } from "@tta-dev/observability";
 * import { slot } from "@tta-dev/primitives";
 *
 * const page = formatExposition(slot().registry.snapshot(), { "service.name": "support-desk" });
 * ```
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 * @see https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
export function formatExposition(
  snapshot: Snapshot,
  resource: Attributes,
  format: ExpositionFormat = "text",
): string {
  const isText = format === "text";
  const choice = isText ? noExemplars : allExemplars;
  // One growing string: the engine keeps it as a rope and flattens it once, which measured faster than joining an array.
  let page = writeFamily(targetInfo(resource), format);
  for (const metric of snapshot.metrics)
    page += writeFamily(registryFamily(metric, choice), format);
  return isText ? page : `${page}${END}`;
}

/** Last line of an OpenMetrics page: without it, what came is cut off. */
export const END = "# EOF\n";
