import { createRegistry } from "@tta-dev/primitives";
import type { HistogramData, Snapshot, WorkflowGraph } from "@tta-dev/primitives";
import { histogramSeries } from "./series.ts";
import type { Series } from "./series.ts";
import type { PrimitiveSummary } from "./summary.ts";

const duration = "primitive.execution.duration";

/** Summarizes every primitive that ran, in the order in which they stand in the workflow. */
export function summarizePrimitives(
  snapshot: Snapshot,
  graph: WorkflowGraph,
): readonly PrimitiveSummary[] {
  const ran = histogramSeries(snapshot, duration).filter(({ value }) => value.count > 0);
  const groups = Map.groupBy(ran, ({ labels }) =>
    keyOf(labels["primitive_type"], labels["primitive_name"]),
  );
  const order = [...keysBelow(graph)];
  const rank = (key: string): number => {
    const position = order.indexOf(key);
    return position === -1 ? order.length : position;
  };
  return [...groups]
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([, series]) => summarize(series));
}

function* keysBelow(graph: WorkflowGraph): Generator<string> {
  yield keyOf(graph.type, graph.name);
  for (const child of graph.children) yield* keysBelow(child.graph);
}

function keyOf(type = "", name = ""): string {
  return `${type} ${name}`;
}

/** Durations are kept apart by status; together their sketches give the percentiles of all executions. */
function summarize(series: readonly Series<HistogramData>[]): PrimitiveSummary {
  const all = createRegistry().histogram(duration).bind({});
  for (const { value } of series) all.merge(value);
  const labels = series[0]?.labels;
  const succeeded = series.filter((one) => one.labels["status"] === "success");
  const count = countOf(series);
  return {
    name: labels?.["primitive_name"] ?? "",
    type: labels?.["primitive_type"] ?? "",
    count,
    errors: count - countOf(succeeded),
    p50Seconds: all.quantile(0.5) ?? 0,
    p95Seconds: all.quantile(0.95) ?? 0,
    p99Seconds: all.quantile(0.99) ?? 0,
  };
}

function countOf(series: readonly Series<HistogramData>[]): number {
  return series.reduce((sum, { value }) => sum + value.count, 0);
}
