import { expect, test } from "vitest";
import type { Summary } from "./summary/summary.ts";
import { startDemo } from "./testing/demo-process.ts";
import { startOtlpSink } from "./testing/otlp-sink.ts";

test("a collector that knows traces alone gets exactly these, and that it refuses the rest is told on standard error", async () => {
  const sink = await startOtlpSink(["traces"]);
  const args = ["--requests", "30", "--speed", "100", "--port", "0", "--json", "--once"];
  const { code, stdout, stderr } = await startDemo(...args, "--otlp", sink.url).ended;
  sink.close();
  expect(code).toBe(0);
  const { runs, problems } = JSON.parse(stdout) as Summary;
  expect(runs).toBe(30);
  // One for metrics, one for logs where a line was written.
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) {
    expect(problem.code).toMatch(/^(collector_rejected|lost_at_exit)$/);
    expect(problem.message).toMatch(/\/v1\/(metrics|logs)/);
  }
  expect(new Set(sink.spans().map(({ traceId }) => traceId)).size).toBe(30);
  expect(stderr).toMatch(/^(support-desk: [a-z_]+: .*\n)+$/u);
  expect(stderr).toContain("support-desk: collector_rejected: ");
}, 30_000);

test("with --logs the log lines are on standard error, and standard output is the summary alone", async () => {
  const args = ["--requests", "60", "--speed", "100", "--port", "0", "--json", "--once"];
  const { code, stdout, stderr } = await startDemo(...args, "--logs", "warn").ended;
  expect(code).toBe(0);
  const { retries } = JSON.parse(stdout) as Summary;
  const lines = stderr.trimEnd().split("\n");
  const events = lines.map((line) => (JSON.parse(line) as { readonly event: string }).event);
  expect(retries.repeatedAttempts).toBeGreaterThan(0);
  expect(events.filter((event) => event === "attempt.retried")).toHaveLength(
    retries.repeatedAttempts,
  );
}, 30_000);
