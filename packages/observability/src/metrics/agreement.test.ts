import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import type { Registry, Snapshot } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatExposition } from "../prometheus/exposition.ts";
import { readJson } from "../testing/otlp-json.fixture.ts";
import { readProtobuf } from "../testing/otlp-protobuf.fixture.ts";
import type { SentMetric } from "../testing/otlp-sent.fixture.ts";
import { metricsIn } from "../testing/otlp-sent.fixture.ts";
import { recordings } from "../testing/random-recording.fixture.ts";
import type { HistogramAggregation } from "./metric-data.ts";
import { createRegistryProducer } from "./registry-producer.ts";

/** Numbers by metric, labels and part; parts are `value`, `count`, `sum` and `≤ bound`. */
type Numbers = Map<string, number>;
type Labels = readonly (readonly [string, string])[];

function keyOf(name: string, labels: Labels, part: string): string {
  const present = labels.filter(([, value]) => value !== "").map((pair) => JSON.stringify(pair));
  return [name, ...present.toSorted(), part].join(" ");
}

function addBuckets(numbers: Numbers, prefix: readonly [string, Labels], buckets: Buckets): void {
  let below = 0;
  [...buckets.bounds, Infinity].forEach((bound, index) => {
    below += buckets.counts[index] ?? 0;
    numbers.set(keyOf(...prefix, `≤ ${bound}`), below);
  });
}

interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

function inSnapshot({ metrics }: Snapshot): Numbers {
  const numbers: Numbers = new Map();
  for (const metric of metrics) {
    for (const series of metric.series) {
      const labels = metric.labels.map(
        ({ name }, position) => [name, series.labelValues[position] ?? ""] as const,
      );
      const name = metric.prometheusName;
      if ("count" in series) {
        numbers.set(keyOf(name, labels, "count"), series.count);
        numbers.set(keyOf(name, labels, "sum"), series.sum);
        addBuckets(numbers, [name, labels], { bounds: metric.bounds, counts: series.bucketCounts });
      } else numbers.set(keyOf(name, labels, "value"), series.value);
    }
  }
  return numbers;
}

function overOtlp({ metrics }: Snapshot, sent: readonly SentMetric[]): Numbers {
  const numbers: Numbers = new Map();
  for (const { name, gauge, sum, histogram, exponentialHistogram } of sent) {
    const metric = metrics.find((one) => one.name === name);
    const labelsOf = (attributes: Readonly<Record<string, unknown>>): Labels =>
      Object.entries(attributes).map(([attribute, value]) => {
        const label = metric?.labels.find((one) => one.attribute === attribute)?.name;
        return [label ?? `unknown ${attribute}`, String(value)];
      });
    const as = metric?.prometheusName ?? `unknown ${name}`;
    for (const { attributes, asDouble } of (gauge ?? sum)?.dataPoints ?? [])
      numbers.set(keyOf(as, labelsOf(attributes), "value"), asDouble ?? NaN);
    for (const point of (histogram ?? exponentialHistogram)?.dataPoints ?? []) {
      const labels = labelsOf(point.attributes);
      numbers.set(keyOf(as, labels, "count"), point.count);
      numbers.set(keyOf(as, labels, "sum"), point.sum ?? NaN);
      if (!("bucketCounts" in point)) continue;
      const { explicitBounds: bounds, bucketCounts: counts } = point;
      addBuckets(numbers, [as, labels], { bounds, counts });
    }
  }
  return numbers;
}

const SAMPLE = /^([a-z_]+?)(_bucket|_sum|_count)?(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/gs;

function onThePage(snapshot: Snapshot): Numbers {
  const numbers: Numbers = new Map();
  const histograms = new Set(
    snapshot.metrics.filter(({ kind }) => kind === "histogram").map((one) => one.prometheusName),
  );
  for (const line of formatExposition(snapshot, {}).split("\n")) {
    const [, base = "", suffix = "", text = "", value = ""] = SAMPLE.exec(line) ?? [];
    if (base === "" || line.startsWith("#") || base === "target_info") continue;
    const labels = [...text.matchAll(LABEL)].map(
      ([, name = "", escaped = ""]) => [name, unescape(escaped)] as const,
    );
    const number = Number(value.replace("+Inf", "Infinity"));
    if (!histograms.has(base)) numbers.set(keyOf(base + suffix, labels, "value"), number);
    else if (suffix === "_bucket") {
      const bound = Number(labels.find(([name]) => name === "le")?.[1].replace("+Inf", "Infinity"));
      const others = labels.filter(([name]) => name !== "le");
      numbers.set(keyOf(base, others, `≤ ${bound}`), number);
    } else numbers.set(keyOf(base, labels, suffix.slice(1)), number);
  }
  return numbers;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, letter: string) => (letter === "n" ? "\n" : letter));
}

async function sentBy(
  registry: Registry,
  histograms: HistogramAggregation,
): Promise<readonly (readonly SentMetric[])[]> {
  const producer = createRegistryProducer({
    registry: () => registry,
    temporality: "cumulative",
    histograms,
  });
  const { resourceMetrics } = await producer.collect();
  const protobuf = Buffer.from(ProtobufMetricsSerializer.serializeRequest(resourceMetrics) ?? []);
  const json = Buffer.from(JsonMetricsSerializer.serializeRequest(resourceMetrics) ?? []);
  return [
    metricsIn(readProtobuf("MetricsRequest", protobuf)),
    metricsIn(readJson("MetricsRequest", JSON.parse(json.toString()))),
  ];
}

test("snapshot, /metrics and OTLP in every form hold the same numbers", async () => {
  await fc.assert(
    fc.asyncProperty(recordings, async (recorded) => {
      const registry = createRegistry();
      for (const record of recorded) record(registry);
      const snapshot = registry.snapshot();
      const expected = inSnapshot(snapshot);

      for (const sent of await sentBy(registry, "explicit_bucket_histogram"))
        expect(overOtlp(snapshot, sent)).toEqual(expected);

      expect(onThePage(snapshot)).toEqual(expected);

      const withoutBuckets = new Map([...expected].filter(([key]) => !key.includes("≤")));
      for (const sent of await sentBy(registry, "base2_exponential_bucket_histogram")) {
        expect(overOtlp(snapshot, sent)).toEqual(withoutBuckets);
        for (const { exponentialHistogram } of sent) {
          for (const { count, zeroCount, positive } of exponentialHistogram?.dataPoints ?? [])
            expect(positive.bucketCounts.reduce((sum, one) => sum + one, zeroCount)).toBe(count);
        }
      }
    }),
  );
});
