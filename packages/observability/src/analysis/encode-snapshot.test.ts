import type { Snapshot } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSnapshot } from "./decode-snapshot.ts";
import { encodeSnapshot } from "./encode-snapshot.ts";
import type { EncodedSnapshot } from "./encoded-snapshot.ts";
import { recordRandom } from "./record-random.fixture.ts";

function recorded(seed: number, count: number): Snapshot {
  const registry = createRegistry({ now: () => 1_000 });
  recordRandom(registry, seed, count);
  registry.gauge("bulkhead.in_use").bind({ primitive_name: "ä\u0000|" }).set(2);
  registry.histogram("wait.duration").bind({ wait_kind: "event" });
  const span = { traceId: "a1".repeat(16), spanId: "b2".repeat(8), traceFlags: 1 };
  registry.counter("timeout.expirations").bind({ kind: "soft" }).exemplify(span, 0);
  registry.histogram("router.execution.duration").bind({}).exemplify(0.5, span, 0);
  return registry.snapshot();
}

const throughJson = (encoded: EncodedSnapshot): unknown => JSON.parse(JSON.stringify(encoded));

describe("a snapshot", () => {
  test("comes back from JSON as it was", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 60 }), (seed, count) => {
        const snapshot = recorded(seed, count);
        expect(decodeSnapshot(throughJson(encodeSnapshot(snapshot)))).toEqual(snapshot);
      }),
      { numRuns: 50 },
    );
  });

  test("keeps money that no number of JSON could hold", () => {
    const registry = createRegistry();
    const spent = registry.counter("llm.cost.usd").bind({});
    spent.add(90_000_000);
    spent.addNanoUsd(1);
    const decoded = decodeSnapshot(throughJson(encodeSnapshot(registry.snapshot())));
    const [metric] = decoded.metrics;
    expect(metric?.series[0]).toMatchObject({ nanoUsd: 90_000_000_000_000_001n });
  });
});

/** A snapshot of one histogram, to be spoilt at one place. */
function sound(): {
  format: string;
  startMs: unknown;
  metrics: {
    name: string;
    kind: string;
    labels: unknown;
    bounds: unknown;
    series: Record<string, unknown>[];
  }[];
} {
  const registry = createRegistry();
  const durations = registry.histogram("primitive.execution.duration").bind({ status: "success" });
  for (const seconds of [0, 1, 2]) durations.record(seconds);
  durations.exemplify(1, { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 }, 0);
  registry.counter("llm.cost.usd").bind({}).add(1);
  return throughJson(encodeSnapshot(registry.snapshot())) as never;
}

describe("decodeSnapshot refuses", () => {
  const H = "decodeSnapshot: snapshot.metrics[0]";
  const M = "decodeSnapshot: snapshot.metrics[1]";
  type Broken = ReturnType<typeof sound>;
  const histogram = ({ metrics }: Broken) => metrics[0]!.series[0]!;
  const counter = ({ metrics }: Broken) => metrics[1]!.series[0]!;

  test.each<[string, (broken: Broken) => void, string | RegExp]>([
    [
      "another format",
      (all) => (all.format = "x"),
      /snapshot\.format is 'x'; expected "tta\.dev\/snapshot\/1"/,
    ],
    [
      "a time that is none",
      (all) => (all.startMs = "now"),
      "snapshot.startMs is 'now'; expected a number",
    ],
    [
      "metrics that are no list",
      (all) => (all.metrics = {} as never),
      "snapshot.metrics is {}; expected an array",
    ],
    [
      "an unknown metric",
      (all) => (all.metrics[0]!.name = "x"),
      `${H}.name is 'x'; expected a metric of the catalogue`,
    ],
    [
      "a metric twice",
      (all) => all.metrics.push(all.metrics[0]!),
      /name is 'primitive\.execution\.duration'; expected each metric once/,
    ],
    [
      "another kind",
      (all) => (all.metrics[0]!.kind = "gauge"),
      `${H}.kind is 'gauge'; expected "histogram", as in this version`,
    ],
    [
      "other labels",
      (all) => (all.metrics[0]!.labels = ["a"]),
      `${H}.labels is [ 'a' ]; expected ["primitive_name",`,
    ],
    [
      "other bounds",
      (all) => (all.metrics[0]!.bounds = [1]),
      `${H}.bounds is [ 1 ]; expected [0.000625,`,
    ],
    [
      "a series that is no object",
      (all) => (all.metrics[0]!.series = [3 as never]),
      `${H}.series[0] is 3; expected an object`,
    ],
    [
      "too few label values",
      (all) => (histogram(all)["labelValues"] = ["a"]),
      `${H}.series[0].labelValues is [ 'a' ]; expected a value for each of 4 labels`,
    ],
    [
      "a label value that is no text",
      (all) => (histogram(all)["labelValues"] = [1, "", "", ""]),
      `${H}.series[0].labelValues[0] is 1; expected a string`,
    ],
    [
      "a series twice",
      (all) => all.metrics[0]!.series.push(histogram(all)),
      /labelValues is .*; expected each series once/,
    ],
    [
      "a count below 0",
      (all) => (histogram(all)["count"] = -1),
      `${H}.series[0].count is -1; expected a whole number, 0 or more`,
    ],
    [
      "a broken count",
      (all) => (histogram(all)["zeroCount"] = 0.5),
      `${H}.series[0].zeroCount is 0.5; expected a whole number, 0 or more`,
    ],
    [
      "a missing bucket",
      (all) => (histogram(all)["bucketCounts"] as number[]).pop(),
      /bucketCounts is .*; expected 21 counts, one more than bounds/,
    ],
    [
      "buckets that do not add up",
      (all) => ((histogram(all)["bucketCounts"] as number[])[0]! += 1),
      /bucketCounts is .*; expected counts that add up to 3/,
    ],
    [
      "a sketch that does not add up",
      (all) => (histogram(all)["zeroCount"] = 0),
      /sketch\.counts is .*; expected counts that add up to 3/,
    ],
    [
      "a finer sketch",
      (all) => (histogram(all)["sketch"] = { scale: 6 }),
      /sketch\.scale is 6; expected a whole number, 0 to 5/,
    ],
    [
      "a sketch beyond its range",
      (all) => (histogram(all)["sketch"] = { scale: 0, offset: 1e9, counts: [] }),
      /sketch\.offset is 1000000000; expected a whole number, -30 to 29/,
    ],
    [
      "a sketch that is too long",
      (all) => (histogram(all)["sketch"] = { scale: 0, offset: 28, counts: [1, 1, 1] }),
      /sketch\.counts is .*; expected buckets below 30, from 28 on/,
    ],
    [
      "a sum that is none",
      (all) => (histogram(all)["sum"] = null),
      `${H}.series[0].sum is null; expected a number`,
    ],
    [
      "extremes that are missing",
      (all) => delete histogram(all)["min"],
      `${H}.series[0].min is undefined; expected a number`,
    ],
    [
      "a negative minimum",
      (all) => (histogram(all)["min"] = -1),
      `${H}.series[0].min is -1; expected a number of at least 0`,
    ],
    [
      "extremes that are swapped",
      (all) => Object.assign(histogram(all), { min: 2, max: 1 }),
      `${H}.series[0].max is 1; expected a number of at least 2`,
    ],
    [
      "a counter below 0",
      (all) => (counter(all)["value"] = -1),
      `${M}.series[0].value is -1; expected a number of at least 0`,
    ],
    [
      "a value that is not finite",
      (all) => (counter(all)["value"] = Infinity),
      `${M}.series[0].value is Infinity; expected a finite number`,
    ],
    [
      "exemplars of too few buckets",
      (all) => (histogram(all)["exemplars"] = [null]),
      `${H}.series[0].exemplars is [ null ]; expected one or null for each of 21 buckets`,
    ],
    [
      "an exemplar without a trace",
      (all) => (counter(all)["exemplar"] = { value: 1, traceId: "A".repeat(32) }),
      /series\[0\]\.exemplar\.traceId is 'AA+'; expected 32 hex digits/,
    ],
    [
      "an exemplar of less than nothing",
      (all) => (counter(all)["exemplar"] = { value: -1 }),
      `${M}.series[0].exemplar.value is -1; expected a number of at least 0`,
    ],
    [
      "money that is no integer",
      (all) => (counter(all)["nanoUsd"] = "1.5"),
      `${M}.series[0].nanoUsd is '1.5'; expected digits`,
    ],
    [
      "money that is missing",
      (all) => delete counter(all)["nanoUsd"],
      `${M}.series[0].nanoUsd is undefined; expected a string`,
    ],
  ])("%s", (_name, spoil, message) => {
    const broken = sound();
    spoil(broken);
    expect(() => decodeSnapshot(broken)).toThrow(message);
  });

  test("any other JSON, with an error that says where", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => decodeSnapshot(value)).toThrow(/^decodeSnapshot: snapshot/);
      }),
    );
  });

  test("or takes, never otherwise, a snapshot that was changed anywhere", () => {
    const text = JSON.stringify(sound());
    const numbers = [...text.matchAll(/\d+/g)].map(({ index }) => index);
    const wrong = fc.constantFrom("-1", "1.5", "1e999", "null", '"x"', "[]", "{}", "7");
    fc.assert(
      fc.property(fc.constantFrom(...numbers), wrong, (index, replacement) => {
        const spoilt = text.slice(0, index) + text.slice(index).replace(/^\d+/, replacement);
        let value: unknown;
        try {
          value = JSON.parse(spoilt);
        } catch {
          return;
        }
        try {
          expect(decodeSnapshot(value).metrics.length).toBeGreaterThan(0);
        } catch (error) {
          expect(String(error)).toMatch(/^(TypeError|RangeError): decodeSnapshot: snapshot/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
