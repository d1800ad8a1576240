import type { LabelName } from "./labels.ts";

/** What a metric is. `upDown` is OpenTelemetry's UpDownCounter: a sum that may fall. */
export type MetricKind = "counter" | "upDown" | "gauge" | "histogram";

/**
 * OpenTelemetry unit of a metric. One in braces names what is counted and adds nothing to the Prometheus name.
 *
 * A rate such as `{request}/s` is left out on purpose: OpenTelemetry's rule would add `_per_second`.
 */
export type MetricUnit = "s" | "1" | `{${string}}`;

/**
 * Which values a label takes.
 *
 * - a list: closed, these and no others; they never fold into `__other__`
 * - `{ known }`: these never fold, others have a budget
 * - `"open"`: any value, within a budget
 * - `"metric_name"`, `"label_name"`: closed, the names of this catalogue
 */
export type LabelDomain =
  | readonly string[]
  | { readonly known: readonly string[] }
  | "open"
  | "metric_name"
  | "label_name";

/** One metric, as the catalogue declares it. */
export interface MetricDefinition {
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** One line for `# HELP` and for the OpenTelemetry description. */
  readonly help: string;
  /** Labels in their order; the last is the first to fold when a metric has too many series. */
  readonly labels: { readonly [L in LabelName]?: LabelDomain };
  /** Upper bounds of a histogram's buckets, inclusive. */
  readonly bounds?: readonly number[];
}

/** A part of the catalogue, by OpenTelemetry metric name. */
export type MetricTable = Readonly<Record<string, MetricDefinition>>;
