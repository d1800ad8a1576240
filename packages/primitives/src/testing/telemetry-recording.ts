import type { LabelNameOf, MetricName } from "../catalog/metrics.ts";
import { createRegistry } from "../metrics/registry.ts";
import type { HistogramSeries, MetricSnapshot, NumberSeries } from "../metrics/snapshot.ts";
import { slot } from "../slot.ts";
import type { LogEvent } from "../telemetry/log-event.ts";

/** One series of a metric. */
export interface RecordedSeries {
  /** Labels that the series has. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of a counter or a gauge; of a histogram, how often something was recorded. */
  readonly value: number;
  /** Of a histogram: the sum of what was recorded. */
  readonly sum?: number;
}

/** Metrics and log events of whatever runs between `recordTelemetry()` and the disposal of what it returned. */
export interface TelemetryRecording {
  /** Log events, in the order in which they were published. */
  readonly events: readonly LogEvent[];
  /** The series of one metric; those that have the given labels, where some are given. */
  metrics<N extends MetricName>(name: N, labels?: SomeLabels<N>): readonly RecordedSeries[];
  /** The sum over those series: 0 where there are none. */
  total<N extends MetricName>(name: N, labels?: SomeLabels<N>): number;
  /** Gives the process its registry back. */
  [Symbol.dispose](): void;
}

type SomeLabels<N extends MetricName> = { readonly [L in LabelNameOf<N>]?: string };

/**
 * Records metrics and log events of a test in a registry of its own.
 *
 * Runs that start while it records count here, whenever their primitives were made. What it cannot move: series and
 * observations that were bound when a primitive was made (a workflow's series that stand at 0 before its first run), and
 * runs that were under way already. Those stay in the registry of their time, so for them make the primitive afterwards.
 * One recording at a time, or one inside another.
 *
 * @example
 * ```ts
 * import { retry } from "@tta-dev/primitives";
 * import { recordTelemetry } from "@tta-dev/primitives/testing";
 *
 * using telemetry = recordTelemetry();
 * await retry((id: string) => id, { attempts: 2 }).named("load").execute("a");
 * telemetry.total("retry.outcomes", { primitive_name: "load", outcome: "succeeded_first" }); // 1
 * ```
 */
export function recordTelemetry(): TelemetryRecording {
  const home = slot();
  const before = home.registry;
  const registry = createRegistry();
  const events: LogEvent[] = [];
  const listen = (event: LogEvent): void => void events.push(event);
  home.registry = registry;
  home.logListeners.add(listen);
  const metrics: TelemetryRecording["metrics"] = (name, labels = {}) => {
    const metric = registry.snapshot().metrics.find((one) => one.name === name);
    const wanted = Object.entries(labels);
    return (metric === undefined ? [] : seriesOf(metric)).filter((series) =>
      wanted.every(([label, value]) => series.labels[label] === value),
    );
  };
  return {
    events,
    metrics,
    total: (name, labels) => metrics(name, labels).reduce((sum, { value }) => sum + value, 0),
    [Symbol.dispose]() {
      if (home.registry === registry) home.registry = before;
      home.logListeners.delete(listen);
    },
  };
}

function seriesOf(metric: MetricSnapshot): RecordedSeries[] {
  const series: readonly (NumberSeries | HistogramSeries)[] = metric.series;
  return series.map((one) => ({
    labels: Object.fromEntries(
      metric.labels
        .map(({ name }, index) => [name, one.labelValues[index] ?? ""] as const)
        .filter(([, value]) => value !== ""),
    ),
    ...("value" in one ? { value: one.value } : { value: one.count, sum: one.sum }),
  }));
}
