import { describe, expect, test, vi } from "vitest";
import type { End } from "./child.fixture.ts";
import { observedBy, runChild, SPANS_PER_RUN, startChild } from "./child.fixture.ts";
import { startSink } from "./sink.fixture.ts";

/** A child takes a second or two on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

describe("every span arrives, and the end is what it would have been", () => {
  test.each<[ending: string, signal: NodeJS.Signals | undefined, end: Partial<End>]>([
    ["return", undefined, { code: 0 }],
    ["exit code", undefined, { code: 5 }],
    [
      "throw",
      undefined,
      { code: 1, stderr: expect.stringMatching(/TypeError: on purpose\n +at \S*explode/) },
    ],
    ["throw later", undefined, { code: 1, stderr: expect.stringMatching(/at \S*explode/) }],
    ["throw, handled", undefined, { code: 6, stderr: "handled on purpose\n" }],
    ["reject", undefined, { code: 1, stderr: expect.stringContaining("TypeError: on purpose") }],
    ["exit", undefined, { code: 3 }],
    ["exit in a listener", undefined, { code: 8 }],
    ["never settles", undefined, { code: 13, stderr: expect.stringContaining("unsettled") }],
    ["wait", "SIGTERM", { signal: "SIGTERM" }],
    ["wait", "SIGINT", { signal: "SIGINT" }],
    ["wait", "SIGHUP", { signal: "SIGHUP" }],
    ["handler", "SIGTERM", { code: 7, stderr: "handled\n" }],
    ["once-handler", "SIGTERM", { code: 9 }],
    ["signal-exit", "SIGTERM", { signal: "SIGTERM", stderr: "cleaned up\n" }],
    ["session", undefined, { code: 0 }],
    ["shutdown", undefined, { code: 0, stdout: "" }],
    ["shutdown, not awaited", undefined, { code: 3 }],
  ])("%s %s", async (ending, signal, expected) => {
    const sink = await startSink();
    const [plain, observed] = await Promise.all([
      runChild({ ending }, signal),
      runChild({ ending, options: observedBy(sink), runs: 3 }, signal),
    ]);
    expect(observed).toEqual(plain);
    expect(observed).toMatchObject(expected);
    const { total, unique } = sink.spanCounts();
    expect(unique).toBe(3 * SPANS_PER_RUN);
    // An application that ends in the middle of the flush: what is under way is sent again, to be sure.
    expect(total).toBeLessThanOrEqual(ending.includes("handler") ? 2 * unique : unique);
  });
});

describe("every protocol", () => {
  test.each(["http/json", "grpc"] as const)("%s brings every span at the end", async (protocol) => {
    const sink = await startSink(protocol);
    const options = observedBy(sink, { otlpProtocol: protocol });
    const ends = await Promise.all([
      runChild({ ending: "return", options }),
      runChild({ ending: "exit", options }),
      runChild({ ending: "wait", options }, "SIGTERM"),
    ]);
    expect(ends).toMatchObject([{ code: 0 }, { code: 3 }, { signal: "SIGTERM" }]);
    expect(sink.spanCounts()).toEqual({ total: 3 * SPANS_PER_RUN, unique: 3 * SPANS_PER_RUN });
    expect(sink.faults).toEqual([]);
  });

  test("more than fits into one request or one frame arrives", async () => {
    const sink = await startSink("grpc");
    const options = observedBy(sink, { otlpProtocol: "grpc" });
    expect(await runChild({ ending: "exit", options, runs: 500 })).toMatchObject({ code: 3 });
    expect(sink.spanCounts()).toEqual({ total: 2000, unique: 2000 });
  });
});

test.each([
  ["return", 0],
  ["exit", 3],
  ["throw, handled", 6],
] as const)("a worker thread delivers every span at its end (%s)", async (ending, code) => {
  const sink = await startSink();
  const end = await runChild({ ending, options: observedBy(sink), inThread: true });
  expect(end).toMatchObject({ code, signal: null });
  expect(sink.spanCounts()).toEqual({ total: SPANS_PER_RUN, unique: SPANS_PER_RUN });
});

describe("a signal", () => {
  test("that the application ignores only flushes", async () => {
    const sink = await startSink();
    const child = startChild({ ending: "deaf handler", options: observedBy(sink) });
    await child.says("ready");
    child.kill("SIGTERM");
    await sink.until(() => sink.spanCounts().unique === SPANS_PER_RUN);
    await child.says("deaf");
    child.kill("SIGINT");
    expect(await child.end).toMatchObject({ signal: "SIGINT" });
  });

  test("that comes twice does not wait for a collector", async () => {
    const sink = await startSink();
    sink.behave(() => "hang");
    const options = observedBy(sink, { shutdownTimeoutMs: 600_000 });
    const child = startChild({ ending: "wait", options });
    await child.says("ready");
    child.kill("SIGINT");
    await sink.until(() => sink.requests.length > 0);
    child.kill("SIGINT");
    expect(await child.end).toMatchObject({ signal: "SIGINT" });
  });

  test("ends the process although the collector never answers", async () => {
    const sink = await startSink();
    sink.behave(() => "hang");
    const options = observedBy(sink, { shutdownTimeoutMs: 100 });
    const end = await runChild({ ending: "wait", options }, "SIGTERM");
    expect(end).toMatchObject({ signal: "SIGTERM", stderr: "" });
  });
});

describe("a process that is stopped and goes on", () => {
  test("right after its run delivers every span", async () => {
    const sink = await startSink();
    const child = startChild({ ending: "wait for input", options: observedBy(sink) });
    await child.says("ready");
    child.kill("SIGSTOP");
    child.closeInput();
    child.kill("SIGCONT");
    expect(await child.end).toMatchObject({ code: 0, signal: null });
    expect(sink.spanCounts()).toEqual({ total: SPANS_PER_RUN, unique: SPANS_PER_RUN });
  });

  test.each([
    ["return", undefined, { code: 0 }],
    ["exit", undefined, { code: 3 }],
    ["wait", "SIGTERM", { signal: "SIGTERM" }],
  ] as const)("while it delivers (%s %s) loses no span", async (ending, signal, expected) => {
    const sink = await startSink();
    // The sink answers while the process stands still, for longer than the process would wait.
    const options = observedBy(sink, {
      otlpSignals: ["traces"],
      shutdownTimeoutMs: 1000,
      consoleExporter: true,
    });
    const child = startChild({ ending, options });
    sink.behave(() => {
      child.kill("SIGSTOP");
      setTimeout(() => {
        child.kill("SIGCONT");
      }, 1500);
      return "ok";
    });
    if (signal !== undefined) {
      await child.says("ready");
      child.kill(signal);
    }
    const end = await child.end;
    expect(end).toMatchObject(expected);
    expect(end.stderr).not.toMatch(/flush_timeout|lost/);
    expect(sink.spanCounts()).toEqual({ total: SPANS_PER_RUN, unique: SPANS_PER_RUN });
  });
});

test("a process that is killed loses no more than one batch interval", async () => {
  const sink = await startSink();
  const options = observedBy(sink, { exportIntervalMs: 20 });
  const child = startChild({ ending: "keep running", options });
  await sink.until(() => sink.spanCounts().unique === SPANS_PER_RUN);
  for (let run = 1; run <= 3; run++) {
    child.write(`${run}\n`);
    await sink.until(() => sink.spanCounts().unique === (1 + run) * SPANS_PER_RUN);
  }
  child.write("last\n");
  await child.says("ran last");
  child.kill("SIGKILL");
  expect(await child.end).toMatchObject({ signal: "SIGKILL" });
  const { unique } = sink.spanCounts();
  expect([4 * SPANS_PER_RUN, 5 * SPANS_PER_RUN]).toContain(unique);
});

test("without exit hooks the process ends as ever, and nothing is sent", async () => {
  const sink = await startSink();
  const options = observedBy(sink, { exitHooks: false });
  const ends = await Promise.all([
    runChild({ ending: "exit", options }),
    runChild({ ending: "wait", options }, "SIGTERM"),
  ]);
  expect(ends).toMatchObject([{ code: 3 }, { signal: "SIGTERM" }]);
  expect(sink.requests).toEqual([]);
});
