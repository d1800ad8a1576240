import type { MetricTable } from "./definition.ts";
import { dropReasons, samplingDecisions } from "./values.ts";

/** What is judged from the rest, and what the telemetry says of itself. */
export const operationsMetrics = {
  "sampling.traces": {
    kind: "counter",
    unit: "{trace}",
    help: "Traces on which sampling decided.",
    labels: { decision: samplingDecisions, reason: "open" },
  },
  "slo.compliance": {
    kind: "gauge",
    unit: "1",
    help: "Good events by all events of an SLO.",
    labels: { slo: "open", window: "open" },
  },
  "slo.error_budget.remaining": {
    kind: "gauge",
    unit: "1",
    help: "Part of an SLO's error budget that is left; negative once overspent.",
    labels: { slo: "open", window: "open" },
  },
  "slo.burn_rate": {
    kind: "gauge",
    unit: "1",
    help: "Speed at which an SLO's error budget is spent; 1 spends it exactly by the end.",
    labels: { slo: "open", window: "open" },
  },
  "slo.events": {
    kind: "counter",
    unit: "{event}",
    help: "Events that an SLO judged.",
    labels: { slo: "open" },
  },
  "slo.events.bad": {
    kind: "counter",
    unit: "{event}",
    help: "Events that an SLO judged bad.",
    labels: { slo: "open" },
  },
  "slo.burn.events": {
    kind: "counter",
    unit: "{event}",
    help: "Times that an SLO's error budget began to be spent too fast, or ceased to be.",
    labels: { slo: "open", window: "open", kind: ["started", "ended"] },
  },
  "throughput.rps": {
    kind: "gauge",
    unit: "{rps}",
    help: "Runs of a workflow per second.",
    labels: { workflow_name: "open" },
  },
  "component.maturity.stage": {
    kind: "gauge",
    unit: "{stage}",
    help: "Stage of a component: 0 development, 1 staging, 2 production.",
    labels: { component: "open" },
  },
  "component.coverage": {
    kind: "gauge",
    unit: "1",
    help: "Part of a component's lines that its tests run.",
    labels: { component: "open" },
  },
  "component.gate": {
    kind: "gauge",
    unit: "{gate}",
    help: "Whether a component passes a gate: 1 yes, 0 no.",
    labels: { component: "open", gate: "open" },
  },
  "anomaly.score": {
    kind: "gauge",
    unit: "{score}",
    help: "Distance of a signal from what is usual at this time.",
    labels: { signal: "open", series: "open" },
  },
  "anomaly.events": {
    kind: "counter",
    unit: "{event}",
    help: "Anomalies found.",
    labels: { signal: "open", series: "open" },
  },
  "telemetry.cardinality.overflow": {
    kind: "counter",
    unit: "{fold}",
    help: "Label values that were folded into __other__.",
    labels: { metric: "metric_name", label: "label_name" },
  },
  "telemetry.dropped": {
    kind: "counter",
    unit: "{item}",
    help: "Telemetry that was ignored, by reason.",
    labels: { reason: { known: dropReasons } },
  },
  "telemetry.series": {
    kind: "gauge",
    unit: "{series}",
    help: "Series of a metric.",
    labels: { metric: "metric_name" },
  },
} as const satisfies MetricTable;
