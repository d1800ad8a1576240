import { percentilesOf } from "@tta-dev/observability";
import type { HistogramData, Snapshot, WorkflowGraph } from "@tta-dev/primitives";
import { histogramSeries } from "./series.ts";
import type { Series } from "./series.ts";
import type { PrimitiveSummary } from "./summary.ts";

/** Summarizes every primitive that ran, in the order in which they stand in the workflow. */
export function summarizePrimitives(
  snapshot: Snapshot,
  graph: WorkflowGraph,
): readonly PrimitiveSummary[] {
  const ran = histogramSeries(snapshot, "primitive.execution.duration").filter(
    ({ value }) => value.count > 0,
  );
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
    .map(([, series]) => summarize(snapshot, series));
}

function* keysBelow(graph: WorkflowGraph): Generator<string> {
  yield keyOf(graph.type, graph.name);
  for (const child of graph.children) yield* keysBelow(child.graph);
}

function keyOf(type = "", name = ""): string {
  return `${type} ${name}`;
}

/** @param series those of one primitive: its durations are kept apart by status */
function summarize(snapshot: Snapshot, series: readonly Series<HistogramData>[]): PrimitiveSummary {
  const { primitive_name: name = "", primitive_type: type = "" } = series[0]?.labels ?? {};
  const { all } = percentilesOf(snapshot, {
    name,
    where: { primitive_type: type },
    at: [50, 95, 99],
  });
  const succeeded = series.filter(({ labels }) => labels["status"] === "success");
  return {
    name,
    type,
    count: all.count,
    errors: all.count - succeeded.reduce((sum, { value }) => sum + value.count, 0),
    p50Seconds: all.p50 ?? 0,
    p95Seconds: all.p95 ?? 0,
    p99Seconds: all.p99 ?? 0,
  };
}
