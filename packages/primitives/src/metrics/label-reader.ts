import type { MetricDescriptor } from "../catalog/descriptor.ts";

/** Labels by Prometheus name. Callers give strings; the compiler cannot see that through `LabelsOf` of any metric. */
export type Labels = Readonly<Record<string, unknown>>;

/**
 * Returns a function that puts a metric's labels into the catalogue's order, `""` for an absent one.
 *
 * The function throws TypeError for a label that the metric does not have.
 */
export function labelReader(metric: MetricDescriptor): (labels: Labels) => string[] {
  const positions = new Map<string, number>(
    metric.labels.map((label, position) => [label.name, position]),
  );
  const none = metric.labels.map(() => "");
  return (labels) => {
    const values = none.slice();
    for (const name in labels) {
      const position = positions.get(name);
      if (position === undefined) throw unknownLabel(metric, name);
      values[position] = textOf(labels[name]);
    }
    return values;
  };
}

/** Untyped callers pass numbers too: 429 and "429" have to be one series. What is no text is an absent label. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function unknownLabel(metric: MetricDescriptor, name: string): TypeError {
  const known = metric.labels.map((label) => label.name).join(", ");
  return new TypeError(`${metric.name} has no label "${name}", expected one of: ${known}`);
}
