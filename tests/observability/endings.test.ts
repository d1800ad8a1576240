import type { ObservabilityOptions } from "@tta-dev/observability";
import { describe, expect, test, vi } from "vitest";
import type { OtlpSink } from "../../packages/observability/src/testing/otlp-sink.fixture.ts";
import { startSink } from "./initialized.fixture.ts";
import type { Ended } from "./program.fixture.ts";
import { start } from "./program.fixture.ts";

/** A child takes a second or two on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

/** The workflow, the sequence, its two steps. */
const SPANS_PER_RUN = 4;
const RUNS = 20;

async function end(
  ending: string,
  sink: OtlpSink,
  options: ObservabilityOptions = {},
): Promise<Ended> {
  const program = start("ending.program.fixture.ts", {
    env: {
      ENDING: ending,
      RUNS: String(RUNS),
      OPTIONS: JSON.stringify({
        serviceName: "child",
        otlpEndpoint: sink.url,
        prometheus: { port: 0 },
        ...options,
      }),
    },
  });
  if (ending.startsWith("SIG")) {
    await program.says(/ready/);
    program.kill(ending as NodeJS.Signals);
  }
  return program.ended;
}

/** How often the runs were counted, as the collector heard last. */
function runsTold(sink: OtlpSink): number {
  const told = sink.metrics().findLast(({ name }) => name === "primitive.execution.count");
  const point = told?.sum?.dataPoints.find(
    ({ attributes }) =>
      attributes["primitive.type"] === "workflow" &&
      attributes["primitive.name"] === "greet" &&
      attributes["status"] === "success",
  );
  return point?.asDouble ?? point?.asInt ?? 0;
}

const endings: readonly (readonly [string, Partial<Ended>])[] = [
  ["return", { code: 0, stderr: "" }],
  [
    "throw",
    { code: 1, stderr: expect.stringContaining("TypeError: on purpose\n    at") as string },
  ],
  [
    "reject",
    { code: 1, stderr: expect.stringContaining("TypeError: on purpose\n    at") as string },
  ],
  ["exit", { code: 3, stderr: "" }],
  ["SIGTERM", { signal: "SIGTERM", stderr: "" }],
  ["SIGINT", { signal: "SIGINT", stderr: "" }],
  ["shutdown", { code: 0, stderr: "" }],
];

describe("at the default settings every span, log record and count arrives, once", () => {
  test.each(endings)("%s", async (ending, expected) => {
    const sink = await startSink();
    expect(await end(ending, sink)).toMatchObject(expected);
    expect(sink.spanCounts()).toEqual({
      total: RUNS * SPANS_PER_RUN,
      unique: RUNS * SPANS_PER_RUN,
    });
    expect(sink.logRecords()).toHaveLength(RUNS);
    expect(runsTold(sink)).toBe(RUNS);
    expect(sink.faults).toEqual([]);
  });
});

describe("with tail sampling every trace that waits for a decision is decided on", () => {
  test.each(endings)("%s", async (ending, expected) => {
    const sink = await startSink();
    const sampling = { tail: { ratio: 1 } };
    expect(await end(ending, sink, { sampling })).toMatchObject(expected);
    expect(sink.spanCounts()).toEqual({
      total: RUNS * SPANS_PER_RUN,
      unique: RUNS * SPANS_PER_RUN,
    });
  });

  test("also a trace whose root has not ended", async () => {
    const sink = await startSink();
    const options = { sampling: { tail: { ratio: 1 } } };
    expect(await end("in the middle", sink, options)).toMatchObject({ code: 3, stderr: "" });
    // Of the run that is under way: the workflow inside it, and its three spans.
    expect(sink.spanCounts().unique).toBeGreaterThanOrEqual((RUNS + 1) * SPANS_PER_RUN);
    expect(sink.spanCounts().total).toBe(sink.spanCounts().unique);
  });
});

describe.each(["http/json", "grpc"] as const)("over %s", (otlpProtocol) => {
  test.each(["exit", "SIGTERM"])("%s delivers all three signals", async (ending) => {
    const sink = await startSink(otlpProtocol);
    await end(ending, sink, { otlpProtocol });
    expect(sink.spanCounts().unique).toBe(RUNS * SPANS_PER_RUN);
    expect(sink.logRecords()).toHaveLength(RUNS);
    expect(runsTold(sink)).toBe(RUNS);
    expect(sink.faults).toEqual([]);
  });
});
