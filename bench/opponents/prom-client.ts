import { Histogram, Registry } from "prom-client";
import { durationBounds } from "./places.ts";

/** The labels of the duration histogram. */
export interface DurationLabels {
  readonly primitive_name: string;
  readonly primitive_type: "step";
  readonly workflow_name: string;
  readonly status: "success";
}

/** A duration histogram and the page it is exposed on. */
export interface ExposedHistogram {
  /** Binds one series and gives what records into it. */
  bind(labels: DurationLabels): (seconds: number) => void;
  /** Writes the page a Prometheus server scrapes. */
  expose(): Promise<string> | string;
}

/** The duration histogram in prom-client, with the same name, labels and bounds as ours. */
export function createPromClientHistogram(): ExposedHistogram {
  const registry = new Registry();
  const histogram = new Histogram({
    name: "primitive_execution_duration_seconds",
    help: "Time from the start of an execution to its end.",
    labelNames: ["primitive_name", "primitive_type", "workflow_name", "status"],
    buckets: [...durationBounds],
    registers: [registry],
  });
  return {
    bind(labels) {
      const series = histogram.labels({ ...labels });
      return (seconds) => series.observe(seconds);
    },
    expose: () => registry.metrics(),
  };
}
