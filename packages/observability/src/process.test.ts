import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";

/** A child takes a second on a busy machine; one that hangs is killed before the test is given up. */
const CHILD_TIMEOUT_MS = 15_000;
vi.setConfig({ testTimeout: 20_000 });

/** Runs a program that imports this package from its sources. */
async function run(program: string): Promise<{ readonly code: unknown; readonly output: string }> {
  const child = spawn(
    process.execPath,
    ["--conditions=@tta-dev/source", "--input-type=module", "--eval", program],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], NODE_ENV: "production" },
      cwd: import.meta.dirname,
      // A child that hangs is the failure that is looked for: it must not outlive the test.
      timeout: CHILD_TIMEOUT_MS,
      killSignal: "SIGKILL",
    },
  );
  const output: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => void output.push(String(chunk)));
  const [code] = (await once(child, "close")) as [unknown];
  return { code, output: output.join("") };
}

const start = (options: string): string => `
  import { initializeObservability } from "@tta-dev/observability";
  import { trace } from "@opentelemetry/api";
  const observability = initializeObservability({ serviceName: "script", ...${options} });
  trace.getTracer("test").startSpan("work").end();
`;

describe("a script that ends without a word", () => {
  test("is not kept alive by the metrics port, nor by a scraper that holds a connection", async () => {
    const { code, output } = await run(`${start("{ prometheus: { port: 0 } }")}
      import { connect } from "node:net";
      await observability.ready;
      const { port } = new URL(observability.metricsUrl);
      const scraper = connect(Number(port), "127.0.0.1");
      await new Promise((resolve) => scraper.once("connect", resolve));
      scraper.unref();
      process.stdout.write("end");
    `);
    expect([code, output]).toEqual([0, "end"]);
  });

  test("is not kept alive by spans that wait for a collector", async () => {
    const { code, output } = await run(
      `${start('{ prometheus: { enabled: false }, otlpEndpoint: "http://127.0.0.1:9" }')}
      process.stdout.write("end");`,
    );
    expect([code, output]).toEqual([0, "end"]);
  });
});

describe("a script that shuts down", () => {
  test("goes on after the await, also with nothing else to do", async () => {
    const { code, output } = await run(
      `${start('{ prometheus: { port: 0 }, otlpEndpoint: "http://127.0.0.1:9", otlpSignals: ["traces"], exportTimeoutMs: 100 }')}
      await observability.shutdown();
      process.stdout.write(observability.problems.map(({ code }) => code).join());`,
    );
    expect([code, output]).toEqual([0, "collector_unreachable,lost_at_exit"]);
  });
});
