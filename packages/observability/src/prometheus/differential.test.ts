import type { Meter } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { createRegistry } from "@tta-dev/primitives";
import { metricDescriptor } from "@tta-dev/primitives/catalog";
import * as fc from "fast-check";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { ExpositionFormat } from "./format.ts";
import { PageMetricReader } from "./instruments/page-reader.ts";
import { parseSample, seriesOf } from "./page-parser.fixture.ts";
import { createMetricsPage } from "./page.ts";

const { bounds } = metricDescriptor("primitive.execution.duration");

/** One recording into one of five metrics. */
interface Recording {
  readonly kind: "calls" | "active" | "state" | "cost" | "duration";
  readonly name: string;
  readonly amount: number;
}

const amounts = {
  calls: fc.double({ min: 0, max: 1e9, noNaN: true }),
  active: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  state: fc.double({ noNaN: true, noDefaultInfinity: true }),
  cost: fc.nat({ max: 2e9 }).map((nanoUsd) => nanoUsd / 1e9),
  duration: fc.oneof(fc.constantFrom(0, ...bounds), fc.double({ min: 0, max: 1000, noNaN: true })),
};
const name = fc.oneof(
  fc.constantFrom("search", 'a "quoted" one', "back\\slash", "two\nlines", "größe", "a\\n", ""),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);
const recordings: fc.Arbitrary<readonly Recording[]> = fc.array(
  fc
    .constantFrom(
      "calls" as const,
      "active" as const,
      "state" as const,
      "cost" as const,
      "duration" as const,
    )
    .chain((kind) => fc.record({ kind: fc.constant(kind), name, amount: amounts[kind] })),
  { maxLength: 80 },
);

/** Takes recordings, and writes a page. */
interface Side {
  readonly record: (recording: Recording) => void;
  readonly page: (format: ExpositionFormat) => Promise<string>;
}

function ours(): Side {
  const registry = createRegistry({ valueBudget: 1000, seriesLimit: 2000 });
  const metrics = {
    calls: registry.counter("circuit_breaker.calls"),
    active: registry.upDown("primitive.execution.active"),
    state: registry.gauge("circuit_breaker.state"),
    cost: registry.counter("cache.cost_savings.usd"),
    duration: registry.histogram("primitive.execution.duration"),
  };
  return {
    record({ kind, name: primitive_name, amount }) {
      if (kind === "state") metrics.state.bind({ primitive_name }).set(amount);
      else if (kind === "duration") metrics.duration.bind({ primitive_name }).record(amount);
      else metrics[kind].bind({ primitive_name }).add(amount);
    },
    page: pageOf({ snapshot: () => registry.snapshot() }),
  };
}

/** The same instruments through our page and through OpenTelemetry's own exporter. */
function instruments(): {
  readonly record: Side["record"];
  readonly ours: Side["page"];
  readonly theirs: Side["page"];
} {
  const reader = new PageMetricReader();
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meter = new MeterProvider({ readers: [reader, exporter] }).getMeter("");
  const record = recorderOf(meter);
  return {
    record,
    ours: pageOf({ instruments: reader }),
    theirs: async () =>
      new PrometheusSerializer().serialize((await exporter.collect()).resourceMetrics),
  };
}

function recorderOf(meter: Meter): Side["record"] {
  const calls = meter.createCounter("other.calls");
  const active = meter.createUpDownCounter("other.active");
  const state = meter.createGauge("other.state");
  const cost = meter.createCounter("other.cost.usd", { unit: "{USD}" });
  // With the unit in the name, because OpenTelemetry's exporter adds none.
  const duration = meter.createHistogram("other.duration.seconds", {
    unit: "s",
    advice: { explicitBucketBoundaries: [...bounds] },
  });
  return ({ kind, name: primitive_name, amount }) => {
    const attributes = { "primitive.name": primitive_name };
    if (kind === "state") state.record(amount, attributes);
    else if (kind === "duration") duration.record(amount, attributes);
    else ({ calls, active, cost })[kind].add(amount, attributes);
  };
}

function promClient(): Side {
  const registry = new Registry();
  const common = { help: "x", labelNames: ["primitive_name"], registers: [registry] };
  const calls = new Counter({ ...common, name: "other_calls_total" });
  const active = new Gauge({ ...common, name: "other_active" });
  const state = new Gauge({ ...common, name: "other_state" });
  const cost = new Counter({ ...common, name: "other_cost_usd_total" });
  const duration = new Histogram({
    ...common,
    name: "other_duration_seconds",
    buckets: [...bounds],
  });
  return {
    record({ kind, name: primitive_name, amount }) {
      const labels = { primitive_name };
      if (kind === "state") state.set(labels, amount);
      else if (kind === "duration") duration.observe(labels, amount);
      else ({ calls, active, cost })[kind].inc(labels, amount);
    },
    page: () => registry.metrics(),
  };
}

function pageOf(part: Partial<Parameters<typeof createMetricsPage>[0]>): Side["page"] {
  const { render } = createMetricsPage({
    snapshot: () => ({ startMs: 0, atMs: 0, metrics: [] }),
    resource: () => ({}),
    report: ({ message }) => {
      throw new Error(message);
    },
    drop: () => undefined,
    ...part,
  });
  return render;
}

/** What the metrics of the catalogue are called on the other sides. */
const TWINS: readonly (readonly [ours: RegExp, others: string])[] = [
  [/^circuit_breaker_calls/, "other_calls"],
  [/^primitive_execution_active/, "other_active"],
  [/^circuit_breaker_state/, "other_state"],
  [/^cache_cost_savings_usd/, "other_cost_usd"],
  [/^primitive_execution_duration/, "other_duration"],
];

/** The samples of a page by series, in one spelling. */
function numbersOn(page: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const line of page.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const sample = parseSample(line);
    const twin = TWINS.find(([own]) => own.test(sample.name));
    const called = twin === undefined ? sample.name : sample.name.replace(twin[0], twin[1]);
    if (!called.startsWith("other_")) continue;
    const labels = new Map(
      [...sample.labels]
        .filter(([label, value]) => value !== "" && label !== "otel_scope_name")
        .map(([label, value]) => [
          label,
          label === "le" ? String(Number(value.replace("Inf", "Infinity"))) : value,
        ]),
    );
    // A float sum of dollars is off by some units of the last place, ours by none.
    const isMoney = called.startsWith("other_cost");
    numbers.set(
      seriesOf({ name: called, labels }),
      isMoney ? Number(sample.value.toPrecision(12)) : sample.value,
    );
  }
  return numbers;
}

describe("the same recordings", () => {
  test("give the same numbers through the registry, OpenTelemetry's instruments and exporter, and prom-client", async () => {
    await fc.assert(
      fc.asyncProperty(recordings, async (all) => {
        const registry = ours();
        const otel = instruments();
        const client = promClient();
        for (const recording of all)
          for (const { record } of [registry, otel, client]) record(recording);

        const expected = numbersOn(await client.page("text"));
        const pages = {
          "registry, text": await registry.page("text"),
          "registry, OpenMetrics": await registry.page("openmetrics"),
          "instruments, text": await otel.ours("text"),
          "instruments, OpenMetrics": await otel.ours("openmetrics"),
          exporter: await otel.theirs("text"),
        };
        for (const [side, page] of Object.entries(pages))
          expect([side, numbersOn(page)]).toEqual([side, expected]);
        const written = new Set(all.map(({ kind, name: of }) => `${kind} ${of}`));
        const perKind = { calls: 1, active: 1, state: 1, cost: 1, duration: bounds.length + 3 };
        const lines = [...written].reduce(
          (sum, key) => sum + perKind[key.split(" ")[0] as Recording["kind"]],
          0,
        );
        expect(expected.size).toBe(lines);
      }),
      { numRuns: 60 },
    );
  });
});
