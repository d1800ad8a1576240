import type { ObservabilityOptions } from "@tta-dev/observability";
import { initializeObservability } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parsePage } from "../../packages/observability/src/prometheus/page-parser.fixture.ts";
import { useEmptyFolder } from "./empty-folder.fixture.ts";
import { forgetSdk, pageOf } from "./initialized.fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

useEmptyFolder();

/** Every option by its path; `satisfies` keeps the list whole. */
const OPTIONS = [
  "serviceName",
  "serviceVersion",
  "environment",
  "otlpEndpoint",
  "otlpSignals",
  "otlpProtocol",
  "otlpHeaders",
  "otlpCompression",
  "propagators",
  "baggageKeys",
  "consoleExporter",
  "prometheus",
  "prometheus.enabled",
  "prometheus.host",
  "prometheus.port",
  "prometheus.endpoint",
  "prometheus.append",
  "traceSampleRate",
  "parentBased",
  "sampling",
  "sampling.tail",
  "sampling.tail.ratio",
  "sampling.tail.errors",
  "sampling.tail.slow",
  "sampling.tail.slow.quantile",
  "sampling.tail.slow.thresholdMs",
  "sampling.tail.slow.minimumTraces",
  "sampling.tail.costly",
  "sampling.tail.costly.quantile",
  "sampling.tail.costly.budgetUsd",
  "sampling.tail.timeoutMs",
  "sampling.tail.lateSpanMs",
  "sampling.tail.maxTraces",
  "sampling.tail.maxSpans",
  "sampling.tail.maxBytes",
  "sampling.tail.maxSpansPerTrace",
  "sampling.tail.maxBytesPerTrace",
  "sampling.adaptive",
  "sampling.adaptive.targetSpansPerSecond",
  "sampling.adaptive.targetOverhead",
  "sampling.adaptive.minRatio",
  "sampling.adaptive.maxRatio",
  "spans",
  "logLevel",
  "structuredLogging",
  "logCorrelation",
  "logs",
  "logs.redact",
  "logs.redact.paths",
  "logs.redact.patterns",
  "logs.events",
  "metricExportIntervalMs",
  "metricTemporality",
  "metricHistograms",
  "genAiMetrics",
  "instrumentFetch",
  "slos",
  "slo",
  "slo.onBurn",
  "slo.store",
  "slo.saveEveryMs",
  "components",
  "componentState",
  "anomalies",
  "anomalies.signals",
  "anomalies.threshold",
  "anomalies.bucketMs",
  "anomalies.persistence",
  "anomalies.persistence.unusual",
  "anomalies.minEvents",
  "anomalies.seasonMs",
  "anomalies.seasons",
  "anomalies.maxSeries",
  "anomalies.onAnomaly",
  "batchSpanProcessor",
  "maxExportBatchSize",
  "maxQueueSize",
  "exportIntervalMs",
  "exportTimeoutMs",
  "shutdownTimeoutMs",
  "exitHooks",
  "spoolFolder",
  "existingSdk",
  "spanProcessors",
  "disabled",
] as const satisfies readonly (keyof ObservabilityOptions | `${string}.${string}`)[];

/** Numbers at the edges, words that mean something somewhere, shapes that are nearly right, and anything. */
const value = fc.oneof(
  fc.constantFrom<unknown[]>(
    0,
    -1,
    1,
    0.5,
    -0,
    1e-320,
    1e300,
    2 ** 31,
    2 ** 53,
    Number.NaN,
    Infinity,
    1n,
    "",
    " ",
    "\0",
    "x",
    "otlp",
    "traces",
    "debug",
    "http://127.0.0.1:9",
    "http://[::1",
    "grpc://127.0.0.1:9",
    "/metrics",
    null,
    true,
    false,
    [],
    {},
    [null],
    ["traces"],
    Symbol("x"),
    new Map(),
    new Date(Number.NaN),
    /x/g,
    () => undefined,
    () => {
      throw new Error("thrown on purpose");
    },
    async () => Promise.reject(new Error("rejected on purpose")),
    Object.create(null),
    { load: () => 1, save: () => 2 },
    { toString: () => "odd", valueOf: () => 3 },
    [{ onStart() {}, onEnd() {}, forceFlush() {}, shutdown() {} }],
  ),
  fc.double(),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
);

function withValue(path: string, given: unknown): Record<string, unknown> {
  return path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), given) as Record<
    string,
    unknown
  >;
}

const greet = workflow("fuzzed", (name: string) => `Hello ${name}`);

async function use(path: string, given: unknown): Promise<string | undefined> {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const printed = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const options = withValue(path, given);
    const observability = initializeObservability({
      serviceName: "desk",
      logLevel: "silent",
      shutdownTimeoutMs: 200,
      exitHooks: false,
      ...options,
      ...(!path.startsWith("prometheus") && { prometheus: { port: 0 } }),
      ...(path.startsWith("prometheus.") && {
        prometheus: { port: 0, ...(options["prometheus"] as object) },
      }),
    });
    try {
      expect(await greet.execute("you")).toBe("Hello you");
      await observability.forceFlush();
      // A name is looked up by the machine, which may take its time: who waits for the port waits for that.
      if (path !== "prometheus.host") {
        await observability.ready;
        if (observability.metricsUrl !== undefined) parsePage(await pageOf(observability), "text");
      }
      observability.slo.status();
      observability.anomalies();
      observability.components.snapshot();
    } finally {
      await observability.shutdown();
    }
    return undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return error.message;
    throw error;
  } finally {
    forgetSdk();
    written.mockRestore();
    printed.mockRestore();
  }
}

test("whatever an option is, it works or an error names it", async () => {
  const rejections: unknown[] = [];
  const note = (error: unknown): void => void rejections.push(error);
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...OPTIONS), value, async (path, given) => {
      const message = await use(path, given);
      // What is missing beside it is told of the option around it.
      const names = path.split(".").slice(-2);
      if (message !== undefined) expect(message).toMatch(new RegExp(names.join("|")));
      expect(rejections).toEqual([]);
    }),
    { numRuns: Number(process.env["FUZZ_RUNS"] ?? 600) },
  );
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
});
