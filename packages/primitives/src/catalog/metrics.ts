import type { MetricKind } from "./definition.ts";
import { economicsMetrics } from "./economics-metrics.ts";
import { executionMetrics } from "./execution-metrics.ts";
import { genAiMetrics } from "./gen-ai-metrics.ts";
import { operationsMetrics } from "./operations-metrics.ts";
import { recoveryMetrics } from "./recovery-metrics.ts";

/** Every metric, once, by OpenTelemetry name and in the order in which snapshots list them. */
export const metrics = {
  ...executionMetrics,
  ...recoveryMetrics,
  ...economicsMetrics,
  ...genAiMetrics,
  ...operationsMetrics,
} as const;

type Metrics = typeof metrics;

/** A metric of the catalogue, by OpenTelemetry name. */
export type MetricName = keyof Metrics;

type NameOfKind<K extends MetricKind> = {
  [N in MetricName]: Metrics[N]["kind"] extends K ? N : never;
}[MetricName];

export type CounterName = NameOfKind<"counter">;
export type UpDownName = NameOfKind<"upDown">;
export type GaugeName = NameOfKind<"gauge">;
export type HistogramName = NameOfKind<"histogram">;

/** A counter of money, which is held in integer nano-dollars. */
export type MoneyCounterName = {
  [N in CounterName]: Metrics[N]["unit"] extends "{USD}" ? N : never;
}[CounterName];

type ValueOf<D> = D extends readonly (infer V)[]
  ? V
  : D extends { readonly known: readonly (infer V)[] }
    ? V | (string & {})
    : string;

/** The label names of a metric, in Prometheus spelling. */
export type LabelNameOf<N extends MetricName> = keyof Metrics[N]["labels"] & string;

/**
 * The labels of a metric. A label that is missing, undefined or `""` is absent from the series.
 *
 * @example
 * ```ts
 * import type { LabelsOf } from "@tta-dev/primitives/catalog";
 *
 * const labels: LabelsOf<"retry.outcomes"> = { primitive_name: "search", outcome: "succeeded_first" };
 * ```
 */
export type LabelsOf<N extends MetricName> = {
  readonly [L in LabelNameOf<N>]?:
    | ValueOf<L extends keyof Metrics[N]["labels"] ? Metrics[N]["labels"][L] : never>
    | ""
    | undefined;
};
