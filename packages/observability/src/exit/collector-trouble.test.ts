import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SinkAnswer } from "../testing/otlp-sink.fixture.ts";
import { observedBy, runChild, SPANS_PER_RUN } from "./child.fixture.ts";
import { startSink } from "./sink.fixture.ts";

/** A child takes a second or two on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

const TELL = { TELL: "1" };
let spoolFolder: string;

beforeEach(() => {
  spoolFolder = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => {
  rmSync(spoolFolder, { recursive: true });
});

describe("a collector in trouble at the end of a process", () => {
  test.each<[SinkAnswer, code: string]>([
    ["hang", "lost_at_exit"],
    ["reset", "lost_at_exit"],
    ["garbage", "lost_at_exit"],
    [503, "lost_at_exit"],
    [429, "lost_at_exit"],
    [401, "lost_at_exit"],
  ])(
    "that answers %j changes nothing but that the spans are lost, which is counted",
    async (answer, code) => {
      const sink = await startSink();
      sink.behave(() => answer);
      const options = observedBy(sink, { shutdownTimeoutMs: 300 });
      const end = await runChild({ ending: "exit", options, env: TELL });
      expect(end).toEqual({
        code: 3,
        signal: null,
        stdout: `lost ${SPANS_PER_RUN}; ${code}\n`,
        stderr: "",
      });
    },
  );

  test("that is away loses them too", async () => {
    const sink = await startSink();
    await sink.close();
    const ends = await Promise.all([
      runChild({ ending: "exit", options: observedBy(sink), env: TELL }),
      runChild({ ending: "return", options: observedBy(sink), env: TELL }),
    ]);
    expect(ends).toMatchObject([
      { code: 3, stdout: `lost ${SPANS_PER_RUN}; lost_at_exit\n` },
      { code: 0, stdout: `ready\nlost ${SPANS_PER_RUN}; collector_unreachable,lost_at_exit\n` },
    ]);
  });

  test("that hangs is waited for once, not again in the event exit", async () => {
    const sink = await startSink();
    sink.behave(() => "hang");
    const options = observedBy(sink, { otlpSignals: ["traces"], shutdownTimeoutMs: 200 });
    const end = await runChild({ ending: "return", options, env: TELL });
    expect(end.stdout).toBe(`ready\nlost ${SPANS_PER_RUN}; flush_timeout,lost_at_exit\n`);
    expect(sink.requests).toHaveLength(1);
  });

  test.each([
    ["http/protobuf", "return"],
    ["grpc", "return"],
    ["http/protobuf", "flush"],
    ["grpc", "shutdown"],
  ] as const)(
    "over %s that hangs for minutes holds up no process (%s)",
    async (otlpProtocol, ending) => {
      const sink = await startSink(otlpProtocol);
      sink.behave(() => "hang");
      const times = { exportTimeoutMs: 600_000, shutdownTimeoutMs: 200 };
      const options = observedBy(sink, { otlpProtocol, ...times });
      expect(await runChild({ ending, options })).toMatchObject({ code: 0, signal: null });
    },
  );

  test("where the thread is broken nobody waits for it", async () => {
    const sink = await startSink();
    const spoil =
      "data:text/javascript,Function.prototype.toString = () => 'function () { [native code] }'";
    const end = await runChild({
      ending: "exit",
      options: observedBy(sink, { shutdownTimeoutMs: 600_000 }),
      env: TELL,
      nodeOptions: ["--import", spoil],
    });
    expect(end).toMatchObject({ code: 3, stdout: `lost ${SPANS_PER_RUN}; lost_at_exit\n` });
  });

  test("where no thread may be started, only the spool is left", async () => {
    const sink = await startSink();
    const end = await runChild({
      ending: "exit",
      options: observedBy(sink, { spoolFolder }),
      env: TELL,
      nodeOptions: ["--permission", "--allow-fs-read=*", "--allow-fs-write=*"],
    });
    expect(end).toMatchObject({ code: 3, stdout: "lost 0; \n" });
    expect([sink.requests.length, readdirSync(spoolFolder).length]).toEqual([0, 1]);
  });
});

describe("a spool folder", () => {
  test.each([
    ["exit", undefined],
    ["return", undefined],
    ["throw", undefined],
    ["shutdown", undefined],
    ["wait", "SIGTERM"],
  ] as const)(
    "keeps what could not be sent (%s %s), and the next start sends it",
    async (ending, signal) => {
      const away = await startSink();
      await away.close();
      const options = observedBy(away, { spoolFolder: join(spoolFolder, "new") });
      await runChild({ ending, options, runs: 2 }, signal);
      const [file = ""] = readdirSync(join(spoolFolder, "new"));
      expect(statSync(join(spoolFolder, "new", file)).mode & 0o777).toBe(0o600);

      const back = await startSink("http/protobuf", away.port);
      expect(await runChild({ ending: "return", options, env: TELL })).toMatchObject({
        stdout: "ready\nlost 0; \n",
      });
      expect(back.spanCounts()).toEqual({ total: 3 * SPANS_PER_RUN, unique: 3 * SPANS_PER_RUN });
      expect(readdirSync(join(spoolFolder, "new"))).toEqual([]);
    },
  );

  test("keeps it through starts at which the collector is still away or silent", async () => {
    const sink = await startSink();
    sink.behave(() => "hang");
    const options = observedBy(sink, { spoolFolder, shutdownTimeoutMs: 300 });
    for (const ending of ["exit", "exit", "return"]) await runChild({ ending, options });
    sink.behave(() => 503);
    await runChild({ ending: "exit", options });
    expect(sink.spanCounts().total).toBe(0);
    sink.behave(() => "ok");
    await runChild({ ending: "return", options });
    expect(sink.spanCounts().unique).toBe(5 * SPANS_PER_RUN);
    expect(readdirSync(spoolFolder)).toEqual([]);
  });

  test("sends by another protocol than it was written for", async () => {
    const away = await startSink();
    await away.close();
    await runChild({ ending: "exit", options: observedBy(away, { spoolFolder }) });
    const grpc = await startSink("grpc");
    const options = observedBy(grpc, { spoolFolder, otlpProtocol: "grpc" });
    await runChild({ ending: "return", options });
    expect(grpc.spanCounts().unique).toBe(2 * SPANS_PER_RUN);
  });

  test("that cannot be written changes nothing about the end", async () => {
    const away = await startSink();
    await away.close();
    writeFileSync(join(spoolFolder, "file"), "");
    const options = observedBy(away, { spoolFolder: join(spoolFolder, "file") });
    const end = await runChild({ ending: "exit", options, env: TELL });
    expect(end).toMatchObject({
      code: 3,
      stdout: `lost ${SPANS_PER_RUN}; spool_failed,lost_at_exit\n`,
      stderr: "",
    });
  });
});

test("what a program loads first is not loaded again by the thread that sends", async () => {
  const sink = await startSink();
  const loaded = join(spoolFolder, "loaded");
  const write = `require("node:fs").appendFileSync(${JSON.stringify(loaded)}, "x");`;
  writeFileSync(join(spoolFolder, "first.cjs"), write);
  writeFileSync(join(spoolFolder, "second.cjs"), write);
  const end = await runChild({
    ending: "exit",
    options: observedBy(sink),
    nodeOptions: ["--require", join(spoolFolder, "first.cjs")],
    env: { NODE_OPTIONS: `--require ${join(spoolFolder, "second.cjs")}` },
  });
  expect([end.code, readFileSync(loaded, "utf8")]).toEqual([3, "xx"]);
  expect(sink.spanCounts().unique).toBe(SPANS_PER_RUN);
});
