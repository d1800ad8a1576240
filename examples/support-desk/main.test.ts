import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { helpText } from "./help.ts";
import type { Summary } from "./summary/summary.ts";
import { startDemo } from "./testing/demo-process.ts";
import type { Ended } from "./testing/demo-process.ts";
import { startOtlpSink } from "./testing/otlp-sink.ts";
import type { OtlpSink } from "./testing/otlp-sink.ts";

describe("the demo's command line", () => {
  test("--help prints the help on standard output and exits with 0", async () => {
    expect(await startDemo("--help").ended).toEqual({ code: 0, stdout: helpText, stderr: "" });
  });

  test("a bad option is one line on standard error and exit code 2", async () => {
    expect(await startDemo("--requests", "many").ended).toEqual({
      code: 2,
      stdout: "",
      stderr: 'support-desk: --requests "many": expected a whole number from 1 to 1000000\n',
    });
  });

  test("a malformed trace is one line on standard error and exit code 2", async () => {
    const folder = await mkdtemp(join(tmpdir(), "support-desk-"));
    try {
      const path = join(folder, "trace.csv");
      await writeFile(path, "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,1\n");
      const { code, stdout, stderr } = await startDemo("--trace", path).ended;
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(
        /^support-desk: --trace .*trace\.csv, line 2: expected a row of .*, got ".*"\n$/u,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("a whole run with --json, --once and a collector", () => {
  let sink: OtlpSink;
  let ended: Ended;
  let summary: Summary;
  beforeAll(async () => {
    sink = await startOtlpSink();
    // At this speed no answer comes close to its time limit, so that what is delivered is also taken; and the outage
    // lasts long enough, even on a busy machine, for the breaker to open.
    const args = ["--requests", "150", "--speed", "30", "--port", "0", "--json", "--once"];
    ended = await startDemo(...args, "--otlp", sink.url).ended;
    summary = JSON.parse(ended.stdout) as Summary;
  }, 30_000);
  afterAll(() => {
    sink.close();
  });

  test("writes one line of JSON and nothing else, and exits with 0", () => {
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toBe(`${JSON.stringify(summary)}\n`);
  });

  test("runs every request, and each run is one trace", () => {
    expect(summary).toMatchObject({ runs: 150, traces: 150, interrupted: false, problems: [] });
    expect(summary.errors).toBe(summary.failures.reduce((sum, { runs }) => sum + runs, 0));
  });

  test("delivers exactly these traces, each with one root and no span without its parent", () => {
    const traces = Map.groupBy(sink.spans(), ({ traceId }) => traceId);
    expect(traces.size).toBe(summary.traces);
    for (const spans of traces.values()) {
      const ids = new Set(spans.map(({ spanId }) => spanId));
      expect(ids.size).toBe(spans.length);
      expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId))).toEqual([
        expect.objectContaining({ name: "primitive.workflow.execute", parentSpanId: "" }),
      ]);
    }
  });

  test("has a client span below each model call for the request that was made, and nowhere else", () => {
    const spans = sink.spans();
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const requests = spans.filter(({ name }) => name === "POST");
    expect(requests).toHaveLength(summary.modelServer.calls);
    for (const { parentSpanId, attributes } of requests) {
      expect(byId.get(parentSpanId)?.name).toMatch(/^chat desk-/u);
      expect(attributes["url.path"]).toBe("/v1/chat/completions");
    }
  });

  test("delivers the metrics and the logs to the same collector, each log with one of the traces", () => {
    expect(sink.metrics()).toEqual(
      expect.arrayContaining(["primitive.execution.count", "llm.requests", "slo.compliance"]),
    );
    const traces = new Set(sink.spans().map(({ traceId }) => traceId));
    const logs = sink.logs();
    const retried = logs.filter(({ attributes }) => "delay_ms" in attributes);
    expect(retried).toHaveLength(summary.retries.repeatedAttempts);
    expect(logs.filter(({ traceId }) => !traces.has(traceId))).toEqual([]);
  });

  test("has each agent's type on the span of the agent and on everything below it", () => {
    const spans = sink.spans();
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const agents = new Map<string | undefined, string | undefined>();
    for (const { name, parentSpanId, attributes } of spans) {
      const agent = attributes["agent.type"];
      if (name === "primitive.workflow.execute") agents.set(attributes["workflow.name"], agent);
      // A client span is the instrumentation's, which knows no agents.
      else if (name !== "POST")
        expect(agent).toBe(byId.get(parentSpanId)?.attributes["agent.type"]);
    }
    expect(Object.fromEntries(agents)).toEqual({
      "answer-ticket": "coordinator",
      retriever: "retriever",
      executor: "executor",
      validator: "validator",
      "hand-off": "human",
    });
  });

  test("counts for each model call that was made the one that the model's server saw", () => {
    const requests = summary.models.reduce((sum, { requests: own }) => sum + own, 0);
    expect(requests).toBe(summary.modelServer.calls);
    const ends = Object.values(summary.modelServer.endedBy);
    expect(ends.reduce((sum, count) => sum + count, 0)).toBe(requests);
  });

  test("counts the tokens of the answers that the model's server delivered", () => {
    const { promptTokens: prompt, completionTokens: completion, models } = summary.modelServer;
    expect(summary.tokens).toEqual({ prompt, completion });
    for (const { model, requests, errors, ...tokens } of summary.models) {
      expect({ ...tokens, answers: requests - errors }).toEqual(models[model]);
    }
  });

  test("meets every kind of trouble, and recovers", () => {
    expect(Object.keys(summary.modelServer.endedBy)).toEqual(
      expect.arrayContaining(["200", "429", "500", "503", "reset"]),
    );
    expect(summary.retries.recovered).toBeGreaterThan(0);
    expect(summary.fallbacks).toContainEqual(expect.objectContaining({ servedBy: "desk-small" }));
    expect(summary.breakers).toMatchObject([{ name: "desk-large" }]);
    expect(summary.caches).toEqual([
      { name: "search-docs", hits: expect.any(Number), misses: expect.any(Number) },
    ]);
    expect(summary.caches[0]?.hits).toBeGreaterThan(0);
    expect(summary.waits[0]?.completed).toBeGreaterThan(0);
  });

  test("says how much of what the desk promises was kept, by all its runs", () => {
    const [slo] = summary.slos;
    expect(slo).toMatchObject({ name: "tickets-answered", objective: 0.95, events: 150 });
    expect(slo?.bad).toBe(summary.errors);
    expect(slo?.compliance).toBeCloseTo(1 - summary.errorRatio, 10);
    expect(slo?.errorBudgetRemaining).toBeCloseTo(1 - summary.errorRatio / 0.05, 10);
    expect(slo?.state).toBe(summary.errorRatio <= 0.05 ? "met" : "missed");
  });

  test("holds the SLO, the README and the coverage report in this folder against an agent's next stage", () => {
    const [coordinator] = summary.components;
    const notes = Object.fromEntries(
      coordinator?.next?.gates.map(({ gate, note }) => [gate, note]) ?? [],
    );
    expect(notes["slo_compliance"]).toBe("tickets-answered");
    expect(notes["docs"]).toBe("support-desk/README.md");
    expect(notes["coverage"]).toContain("support-desk/coverage/lcov.info");
  });

  test("says how mature each agent is, by what it did", () => {
    const agents = summary.components.map(({ name, stage }) => [name, stage]);
    expect(agents).toEqual([
      ["coordinator", "staging"],
      ["retriever", "staging"],
      ["executor", "staging"],
      ["validator", "staging"],
      ["hand-off", "development"],
    ]);
    const [coordinator] = summary.components;
    const gates = Object.fromEntries(
      coordinator?.next?.gates.map(({ gate, value }) => [gate, value]) ?? [],
    );
    expect(gates).toMatchObject({
      executions: 150,
      error_rate: summary.errors / 150,
      days_observed: 1,
    });
    expect(gates["docs"]).toBeGreaterThan(0);
    expect(coordinator?.next?.missing).toContain(
      "executions: 150, asked for: at least 1,000 (in the last 30 days)",
    );
  });

  test("says how each breaker stood, and for how long", () => {
    const [breaker] = summary.breakers;
    const [circuit] = summary.circuits;
    expect(circuit).toMatchObject({ name: "desk-large", calls: { rejected: breaker?.rejected } });
    expect(circuit?.transitionCounts).toEqual(breaker?.transitions);
    expect(circuit?.transitions[0]).toMatchObject({ from: "closed", to: "open" });
    expect(circuit?.secondsIn.open).toBeGreaterThan(0);
  });

  test("says what each model was asked, and how long it took", () => {
    const { total, models, tiers } = summary.llm;
    expect(models.map(({ model, requests, errors }) => ({ model, requests, errors }))).toEqual(
      summary.models.map(({ model, requests, errors }) => ({ model, requests, errors })),
    );
    expect(total.tokens).toMatchObject(summary.tokens);
    expect(tiers.map(({ tier }) => tier).toSorted()).toEqual(["fast", "quality"]);
    for (const { latencySeconds } of models) expect(latencySeconds?.p50).toBeGreaterThan(0);
  });

  test("has counts and percentiles of every primitive that ran, in the workflow's order", () => {
    const names = summary.primitives.map(({ type, name }) => `${type} ${name}`);
    expect(names.slice(0, 4)).toEqual([
      "workflow answer-ticket",
      "sequential answer-ticket",
      "step classify",
      "workflow retriever",
    ]);
    expect(names).toEqual(expect.arrayContaining(["llm desk-large", "wait person-replies"]));
    for (const { count, p50Seconds, p95Seconds, p99Seconds } of summary.primitives) {
      expect(count).toBeGreaterThan(0);
      expect(p50Seconds).toBeLessThanOrEqual(p95Seconds);
      expect(p95Seconds).toBeLessThanOrEqual(p99Seconds);
    }
    expect(summary.primitives[0]).toMatchObject({ count: 150, errors: summary.errors });
  });
});

test("without --once the first trace, the progress and the summary are shown and /metrics is served until Ctrl-C", async () => {
  const demo = startDemo("--requests", "30", "--speed", "20", "--port", "0");
  const [, url = ""] = await demo.says(/^metrics at (http.*)$/mu);
  expect(await (await fetch(url)).text()).toContain("primitive_execution_count_total{");

  await demo.says(/^serving http.* until Ctrl-C$/mu);
  const page = await (await fetch(url)).text();
  expect(page).toMatch(
    /^primitive_execution_duration_seconds_count\{primitive_name="retriever",primitive_type="workflow",.*\} 30$/mu,
  );
  demo.interrupt();
  const { code, stdout, stderr } = await demo.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^\nThe first run's trace\n\n✓ primitive\.workflow\.execute {2}answer-ticket/u,
  );
  expect(stdout).toMatch(/^30 runs, \d+ errors?/mu);
  expect(stderr).toContain("30 of 30 requests done (100 %)");
}, 30_000);

describe("Ctrl-C during the run", () => {
  const longRun = ["--requests", "400", "--speed", "20", "--port", "0", "--once"];

  test("starts nothing more, finishes what runs and exits with 130", async () => {
    const demo = startDemo(...longRun);
    await demo.says(/^40 of 400 requests done/mu);
    demo.interrupt();
    const { code, stdout } = await demo.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("interrupted; 400 were asked for");
    expect(stdout).not.toContain("AbortError");
  }, 30_000);

  test("and once more breaks off what runs, which still gives as many traces as runs", async () => {
    const demo = startDemo(...longRun);
    await demo.says(/^40 of 400 requests done/mu);
    demo.interrupt();
    await demo.says(/^stopping/mu);
    // One that follows within 100 ms counts as the same.
    await sleep(150);
    demo.interrupt();
    const { code, stdout } = await demo.ended;
    expect(code).toBe(130);
    const [, runs, traces] = /^(\d+) runs, .* errors? .*, (\d+) traces/mu.exec(stdout) ?? [];
    expect(runs).toBe(traces);
    expect(stdout).toMatch(/^failed runs .*AbortError/mu);
  }, 30_000);
});

test("a port that is taken is said in one line, and the run goes on", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const args = ["--requests", "3", "--speed", "100", "--json", "--port", String(port)];
  const { code, stdout, stderr } = await startDemo(...args).ended;
  other.close();
  expect(code).toBe(0);
  expect(stderr).toMatch(new RegExp(`^support-desk: metrics_port: .*${port}.*\n$`, "u"));
  expect(JSON.parse(stdout)).toMatchObject({
    runs: 3,
    metricsUrl: null,
    problems: [{ code: "metrics_port" }],
  });
}, 30_000);
