import type { MetricDescriptor } from "@tta-dev/primitives/catalog";
import { metricDescriptors, OTHER } from "@tta-dev/primitives/catalog";
import { code, markdownTable } from "./region.ts";

const KINDS = {
  counter: "counter",
  upDown: "up-down counter",
  gauge: "gauge",
  histogram: "histogram",
} as const;

/** The catalogue as a table. */
export function metricTable(): string {
  return markdownTable(
    ["metric", "in Prometheus", "kind, unit", "labels", "counts"],
    [...metricDescriptors.values()].map((metric) => [
      code(metric.name),
      code(metric.prometheusName),
      `${KINDS[metric.kind]}, ${code(metric.unit)}`,
      metric.labels.map(({ name }) => code(name)).join(" "),
      metric.help.replaceAll(OTHER, code(OTHER)),
    ]),
  );
}

/** Every label: how it is spelt over OTLP, and what it may say. */
export function labelTable(): string {
  const rows = new Map<string, readonly string[]>();
  for (const metric of metricDescriptors.values())
    for (const label of metric.labels) {
      const known = rows.get(label.name);
      const values = [...new Set([...(known?.[2]?.split(" ") ?? []), ...wordsOf(label)])];
      const metrics = [known?.[3], code(metric.name)].filter((text) => text !== undefined);
      rows.set(label.name, [
        code(label.name),
        code(label.attribute),
        values.filter((text) => text !== "").join(" "),
        metrics.join(" "),
      ]);
    }
  return markdownTable(
    ["label", "over OTLP", "values", "of"],
    [...rows.values()].map(([name, attribute, values, metrics]) => [
      name!,
      attribute!,
      values === "" ? "any, within the budget" : values!,
      metrics!,
    ]),
  );
}

function wordsOf({ known, open }: MetricDescriptor["labels"][number]): readonly string[] {
  return known.length === 0 ? [] : [...known.map(code), ...(open ? ["…"] : [])];
}
