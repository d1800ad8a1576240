import { main } from "@tta-dev/cli";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { CANARIES } from "../../packages/observability/src/logging/canary.fixture.ts";
import { afterwards, startSink } from "./initialized.fixture.ts";
import { start } from "./program.fixture.ts";

vi.setConfig({ testTimeout: 30_000 });

/** More of them, where a person puts the set-up's own secrets. */
const SECRETS = {
  ...CANARIES,
  endpointPassword: "cn-endpoint-password",
  endpointQuery: "cn-endpoint-query",
  headerOption: "cn-header-option",
  headerVariable: "cn-header-variable",
  resourceVariable: "sk-ant-api03-cn0resource0variable0",
  argument: "cn-argument-value",
  badHeaders: "cn-bad-headers",
  badResource: "cn-bad-resource",
};

function foundIn(outputs: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(outputs).flatMap(([way, output]) =>
    Object.entries(SECRETS)
      .filter(([, secret]) => output.includes(secret))
      .map(([place]) => `${place} in ${way}`),
  );
}

const whole = { depth: null, maxArrayLength: null, maxStringLength: null } as const;

test.each([
  ["shutdown", 0, true],
  ["shutdown", 0, false],
  ["exit", 3, true],
])(
  "a program that ends by %s (%d, JSON lines: %j) lets no secret out",
  async (...[ending, code, structuredLogging]) => {
    const sink = await startSink("http/json");
    const refusing = await startSink("http/json");
    refusing.behave(() => 401);
    const folder = mkdtempSync(join(tmpdir(), "tta-canary-"));
    afterwards(() => {
      rmSync(folder, { recursive: true });
    });
    const spool = join(folder, "spool");
    const withPassword = (url: string): string =>
      url.replace("//", `//user:${SECRETS.endpointPassword}@`);
    const options = {
      serviceName: "desk",
      otlpEndpoint: withPassword(sink.url),
      otlpProtocol: "http/json",
      otlpHeaders: { authorization: `Bearer ${SECRETS.headerOption}` },
      consoleExporter: true,
      structuredLogging,
      logLevel: "trace",
      prometheus: { port: 0 },
      genAiMetrics: true,
      spoolFolder: spool,
      slos: [],
    };
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: `team=blue,note=${SECRETS.resourceVariable}`,
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${SECRETS.headerVariable}`,
    };
    const report = join(folder, "report.txt");
    const program = start("canary.program.fixture.ts", {
      env: { ...env, OPTIONS: JSON.stringify(options), ENDING: ending, REPORT: report },
      args: ["--password", SECRETS.argument],
    });
    const ended = await program.ended;
    // Where the collector refuses, and where nobody answers, is told.
    const troubled = await Promise.all(
      [refusing.url, "http://127.0.0.1:9"].map(
        (url, index) =>
          start("canary.program.fixture.ts", {
            env: {
              OTEL_RESOURCE_ATTRIBUTES: `password=${SECRETS.badResource}=x`,
              OTEL_EXPORTER_OTLP_HEADERS: SECRETS.badHeaders,
              OPTIONS: JSON.stringify({
                ...options,
                otlpEndpoint: `${withPassword(url)}?key=${SECRETS.endpointQuery}`,
              }),
              ENDING: ending,
              REPORT: `${report}-${index}`,
            },
          }).ended,
      ),
    );
    expect(ended.code).toBe(code);
    const spooled = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name)).toString("latin1"));

    const outputs = {
      stdout: ended.stdout,
      stderr: ended.stderr,
      spans: inspect(sink.spans(), whole),
      metrics: inspect(sink.metrics(), whole),
      records: inspect(sink.logRecords(), whole),
      files: spooled.join("\n"),
      troubled: inspect(troubled, whole),
    };
    expect(foundIn(outputs)).toEqual([]);
    // Something did leave, everywhere.
    expect(outputs.stdout).toContain("attempt.retried");
    expect(outputs.stderr).toContain("primitive.workflow.execute");
    expect(outputs.spans).toContain("primitive.retry.attempt");
    expect(outputs.metrics).toContain("retry.attempts");
    expect(outputs.records).toContain("run.failed");
    expect(outputs.files).toContain("retry_attempts_total");
    expect(outputs.files).toContain("problems:");
    expect(/collector_|lost_at_exit/.test(outputs.troubled)).toBe(true);
    expect(sink.requests[0]?.headers["authorization"]).toContain(SECRETS.headerOption);
  },
);

test("tta doctor shows none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tta-canary-"));
  afterwards(() => {
    rmSync(folder, { recursive: true });
  });
  vi.stubEnv(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    `http://user:${SECRETS.endpointPassword}@127.0.0.1:9/?key=${SECRETS.endpointQuery}`,
  );
  vi.stubEnv(
    "OTEL_EXPORTER_OTLP_HEADERS",
    `x-api-key=${SECRETS.headerVariable},${SECRETS.badHeaders}`,
  );
  vi.stubEnv("OTEL_RESOURCE_ATTRIBUTES", `password=${SECRETS.badResource}=x`);
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  for (const args of [["doctor"], ["doctor", "--json"]])
    await main(args, { cwd: folder, terminal: { print, complain: print } });
  expect(printed.join("\n")).toContain("OTEL_EXPORTER_OTLP_HEADERS");
  expect(foundIn({ doctor: printed.join("\n") })).toEqual([]);
});
