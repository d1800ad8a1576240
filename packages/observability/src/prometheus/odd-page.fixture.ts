import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import type { ExpositionFormat } from "./format.ts";
import { PageMetricReader } from "./instruments/page-reader.ts";
import { createMetricsPage } from "./page.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc
    .array(
      fc.integer({ min: 0, max: 0xff_ff }).map((unit) => String.fromCharCode(unit)),
      { maxLength: 6 },
    )
    .map((units) => units.join("")),
  fc
    .array(
      fc.constantFrom(
        "\\",
        '"',
        "\n",
        "\r",
        "\0",
        "{",
        "}",
        ",",
        "=",
        " ",
        "#",
        "\u2028",
        "\uFEFF",
      ),
      { maxLength: 8 },
    )
    .map((units) => units.join("")),
  fc.constantFrom("le", "quantile", "__name__", "job", "instance", "# EOF", "x".repeat(5000)),
);
const attributes = fc.dictionary(
  text,
  fc.oneof(text, fc.double(), fc.boolean(), fc.array(text, { maxLength: 2 })),
  {
    maxKeys: 4,
  },
);

/** Names, label values, help texts, units, resource attributes and an appended page as nobody would write them. */
export const oddParts = fc.record({
  labelValues: fc.array(text, { maxLength: 6 }),
  resource: attributes,
  instruments: fc.array(
    fc.record({
      kind: fc.constantFrom("counter" as const, "gauge" as const, "histogram" as const),
      name: fc.oneof(
        text,
        fc.stringMatching(/^[a-z][a-z0-9_./-]{0,12}$/),
        fc.constantFrom("llm.tokens", "target.info"),
      ),
      description: text,
      unit: fc.oneof(text, fc.constantFrom("s", "By/s", "1", "%", "{x}")),
      scope: text,
      version: text,
      points: fc.array(fc.tuple(fc.double(), attributes), { maxLength: 3 }),
    }),
    { maxLength: 6 },
  ),
  appended: fc.array(text, { maxLength: 4 }),
});

type OddParts = typeof oddParts extends fc.Arbitrary<infer Parts> ? Parts : never;

/** Writes the page that such parts make. */
export async function oddPage(
  { labelValues, resource, instruments, appended }: OddParts,
  format: ExpositionFormat,
): Promise<string> {
  const registry = createRegistry();
  const span = { traceId: "ab".repeat(16), spanId: "cd".repeat(8), traceFlags: 1 };
  for (const value of labelValues) {
    const labels = { primitive_name: value, workflow_name: value };
    const count = registry.counter("primitive.execution.count").bind(labels);
    count.add();
    count.exemplify(span, performance.now());
    const duration = registry.histogram("primitive.execution.duration").bind(labels);
    duration.record(value.length / 100);
    duration.exemplify(value.length / 100, span, performance.now());
    registry.gauge("circuit_breaker.state").bind({ primitive_name: value }).set(1);
  }
  const reader = new PageMetricReader();
  const provider = new MeterProvider({ readers: [reader] });
  for (const { kind, name, description, unit, scope, version, points } of instruments) {
    // The SDK refuses most of these names; what it lets through is the test.
    const meter = provider.getMeter(scope, version);
    const instrument = {
      counter: () => meter.createCounter(name, { description, unit }),
      gauge: () => meter.createGauge(name, { description, unit }),
      histogram: () => meter.createHistogram(name, { description, unit }),
    }[kind]();
    for (const [value, of] of points) {
      if ("add" in instrument) instrument.add(value, of);
      else instrument.record(value, of);
    }
  }
  const { render } = createMetricsPage({
    snapshot: () => registry.snapshot(),
    resource: () => resource,
    instruments: reader,
    append: () => ["# HELP odd", ...appended, "odd 1"].join("\n"),
    report: () => undefined,
    drop: () => undefined,
  });
  return render(format);
}
