import type { Snapshot } from "@tta-dev/primitives";
import { parsePage } from "../../packages/observability/src/prometheus/page-parser.fixture.ts";
import type { SentMetric } from "../../packages/observability/src/testing/otlp-sent.fixture.ts";

/** Every number that somebody tells, by Prometheus name and labels; of a histogram its count. */
export type Numbers = ReadonlyMap<string, number>;

type Labels = readonly (readonly [string, string])[];

function keyOf(name: string, labels: Labels): string {
  const present = labels.filter(([, value]) => value !== "").map((pair) => pair.join("="));
  return `${name}{${present.toSorted().join()}}`;
}

/** What a snapshot tells. */
export function numbersIn({ metrics }: Snapshot): Numbers {
  return new Map(
    metrics.flatMap(({ prometheusName, labels, series }) =>
      [...series].map((one) => {
        const pairs = labels.map(({ name }, at) => [name, one.labelValues[at] ?? ""] as const);
        return [keyOf(prometheusName, pairs), "count" in one ? one.count : one.value] as const;
      }),
    ),
  );
}

/** What the page in text format tells. */
export function numbersOn(page: string): Numbers {
  const numbers = new Map<string, number>();
  for (const { name, type, samples } of parsePage(page, "text").values()) {
    if (name === "target_info") continue;
    for (const sample of samples) {
      if (type === "histogram" && !sample.name.endsWith("_count")) continue;
      numbers.set(keyOf(name, [...sample.labels]), sample.value);
    }
  }
  return numbers;
}

/** What metrics sent over OTLP tell; the names are those that a snapshot has for them. */
export function numbersSent(sent: readonly SentMetric[], { metrics }: Snapshot): Numbers {
  const numbers = new Map<string, number>();
  for (const { name, gauge, sum, histogram } of sent) {
    const metric = metrics.find((one) => one.name === name);
    const points = [
      ...((gauge ?? sum)?.dataPoints ?? []).map(({ attributes, asDouble, asInt }) => ({
        attributes,
        value: asDouble ?? asInt ?? Number.NaN,
      })),
      ...(histogram?.dataPoints ?? []).map(({ attributes, count }) => ({
        attributes,
        value: count,
      })),
    ];
    for (const { attributes, value } of points) {
      const labels = Object.entries(attributes).map(
        ([attribute, text]) =>
          [
            metric?.labels.find((one) => one.attribute === attribute)?.name ?? `? ${attribute}`,
            String(text),
          ] as const,
      );
      numbers.set(keyOf(metric?.prometheusName ?? `? ${name}`, labels), value);
    }
  }
  return numbers;
}

/** Adds up a metric over the series whose labels are so. */
export function sumOf(
  { metrics }: Snapshot,
  metricName: string,
  where: Readonly<Record<string, string>> = {},
): number {
  const metric = metrics.find(({ name }) => name === metricName);
  return (metric?.series ?? []).reduce((sum, one) => {
    const matches = Object.entries(where).every(
      ([label, value]) =>
        one.labelValues[metric!.labels.findIndex(({ name }) => name === label)] === value,
    );
    return matches ? sum + ("count" in one ? one.count : one.value) : sum;
  }, 0);
}
