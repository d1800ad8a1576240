import { initializeObservability } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parsePage } from "../../packages/observability/src/prometheus/page-parser.fixture.ts";
import { useEmptyFolder } from "./empty-folder.fixture.ts";
import { forgetSdk, pageOf } from "./initialized.fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

useEmptyFolder();

const VARIABLES = [
  "OTEL_SERVICE_NAME",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_PROPAGATORS",
  "OTEL_SDK_DISABLED",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
  "OTEL_METRIC_EXPORT_INTERVAL",
  "OTEL_METRIC_EXPORT_TIMEOUT",
  "OTEL_BLRP_EXPORT_TIMEOUT",
  "OTEL_EXPORTER_PROMETHEUS_PORT",
  "PROMETHEUS_PORT",
  "LOG_LEVEL",
  "NODE_ENV",
  "ENVIRONMENT",
  "TTA_LOG_CORRELATION",
  "TTA_SPOOL_FOLDER",
  ...["MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE", "SCHEDULE_DELAY", "EXPORT_TIMEOUT"].map(
    (what) => `OTEL_BSP_${what}`,
  ),
  ...["TRACES", "METRICS", "LOGS"].flatMap((signal) => [
    `OTEL_${signal}_EXPORTER`,
    ...["ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION", "CERTIFICATE"].map(
      (what) => `OTEL_EXPORTER_OTLP_${signal}_${what}`,
    ),
  ]),
  ...["ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION", "CERTIFICATE"].map(
    (what) => `OTEL_EXPORTER_OTLP_${what}`,
  ),
  "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
  "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
];

const text = fc.oneof(
  fc.constantFrom(
    "0",
    "-1",
    "1",
    "1e400",
    "NaN",
    "0x10",
    "99999999999",
    "true",
    "otlp,console",
    "none",
    "grpc",
    "gzip",
    "http://127.0.0.1:9",
    "http://127.0.0.1:9/%zz?a#b",
    "https://127.0.0.1:9",
    "http://user:pass word@127.0.0.1:9",
    "http://",
    "//x",
    "a=b,c",
    "=,=",
    "a=%zz",
    "a=b=c",
    "__proto__=x,constructor=y",
    "service.name=",
    "b3,b3,none",
    "traceidratio",
    "/dev/null",
    "/proc/self/mem",
  ),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 10 }),
  fc
    .array(fc.tuple(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 })))
    .map((pairs) => pairs.map((pair) => pair.join("=")).join()),
);

const greet = workflow("fuzzed", (name: string) => `Hello ${name}`);

test("whatever the environment says, the program runs and is told what is wrong", async () => {
  const rejections: unknown[] = [];
  const note = (error: unknown): void => void rejections.push(error);
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  const silent = [
    vi.spyOn(process.stdout, "write").mockReturnValue(true),
    vi.spyOn(process.stderr, "write").mockReturnValue(true),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom(...VARIABLES), text, { minKeys: 1, maxKeys: 6 }),
      async (variables) => {
        for (const [name, value] of Object.entries(variables))
          vi.stubEnv(name, value.replaceAll("\0", ""));
        const observability = initializeObservability({
          // Its own options are given, so that no port of the machine is taken and nothing is waited for.
          prometheus: { port: 0 },
          shutdownTimeoutMs: 100,
          exitHooks: false,
        });
        expect(await greet.execute("you")).toBe("Hello you");
        await observability.ready;
        if (observability.enabled) parsePage(await pageOf(observability), "text");
        await observability.shutdown();
        expect(rejections).toEqual([]);
        vi.unstubAllEnvs();
        forgetSdk();
      },
    ),
    { numRuns: Number(process.env["FUZZ_RUNS"] ?? 250) },
  );
  for (const spy of silent) spy.mockRestore();
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
});
