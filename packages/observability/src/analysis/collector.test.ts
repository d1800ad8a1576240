import type { EndedRun, Registry } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import { onSlo } from "@tta-dev/primitives/slo";
import type { Slo } from "@tta-dev/primitives/slo";
import { describe, expect, test } from "vitest";
import type { SloStatus } from "../slo/slo-status.ts";
import type { SloSource } from "./collected-metrics.ts";
import type { MetricsCollector } from "./collector.ts";
import { createCollector } from "./collector.ts";
import { createThroughputMeter } from "./throughput.ts";

function collecting(slo?: SloSource): {
  readonly collector: MetricsCollector;
  readonly registry: Registry;
  readonly told: EndedRun[];
} {
  const registry = createRegistry();
  const now = (): number => 1_800_000_000_000;
  const throughput = createThroughputMeter({ registry: () => registry, now });
  const told: EndedRun[] = [];
  const collector = createCollector({
    registry: () => registry,
    throughput,
    slo,
    tell(run) {
      told.push(run);
      throughput.listener.ended?.(run);
    },
    now,
    newId: () => "id-1",
  });
  return { collector, registry, told };
}

function valuesOf(registry: Registry, metric: string): Record<string, number> {
  const found = registry.snapshot().metrics.find(({ name }) => name === metric);
  if (found === undefined) return {};
  return Object.fromEntries(
    found.series.map((series) => [
      series.labelValues.join(),
      "value" in series ? series.value : series.count,
    ]),
  );
}

describe("a recorded execution", () => {
  test("is in the registry as a run of a workflow is", () => {
    const { collector, registry } = collecting();
    collector.recordExecution("import", {
      durationMs: 250,
      status: "error",
      errorType: "TIMEOUT",
      agentType: "loader",
      costUsd: 0.05,
      savingsUsd: 0.02,
      savedBy: "routing",
      model: "gpt-5-mini",
      provider: "openai",
    });
    expect(valuesOf(registry, "primitive.execution.count")).toEqual({
      "import,workflow,import,loader,error,TIMEOUT": 1,
    });
    expect(valuesOf(registry, "primitive.execution.duration")).toEqual({
      "import,workflow,import,error": 1,
    });
    expect(valuesOf(registry, "llm.cost.usd")).toEqual({ "openai,gpt-5-mini,import,loader": 0.05 });
    expect(valuesOf(registry, "llm.cost.savings.usd")).toEqual({ "routing,import": 0.02 });
  });

  test("without money leaves the metrics of money alone", () => {
    const { collector, registry } = collecting();
    collector.recordExecution("import", { durationMs: 1, status: "success", costUsd: 0 });
    expect(valuesOf(registry, "llm.cost.usd")).toEqual({});
    expect(valuesOf(registry, "llm.cost.savings.usd")).toEqual({});
  });

  test("was saved by a response cache where nothing else is said", () => {
    const { collector, registry } = collecting();
    collector.recordExecution("import", { durationMs: 1, status: "success", savingsUsd: 1 });
    expect(valuesOf(registry, "llm.cost.savings.usd")).toEqual({ "response_cache,import": 1 });
  });

  test("is told to whoever listens to runs", () => {
    const { collector, told } = collecting();
    collector.recordExecution("import", {
      durationMs: 1500,
      status: "error",
      errorType: "BAD",
      agentType: "loader",
      costUsd: 0.000_000_001,
    });
    expect(told).toEqual([
      {
        workflowName: "import",
        workflowId: "id-1",
        primitiveName: "import",
        isRoot: true,
        status: "error",
        errorType: "BAD",
        agentType: "loader",
        endedAtMs: 1_800_000_000_000,
        durationSeconds: 1.5,
        pausedSeconds: 0,
        costNanoUsd: 1,
        tokens: 0,
      },
    ]);
  });
});

describe("a request", () => {
  const activeIn = (registry: Registry): unknown => [
    valuesOf(registry, "agent.workflows.active"),
    valuesOf(registry, "primitive.execution.active"),
  ];
  const active = (count: number): unknown => [{ ",import": count }, { "import,workflow": count }];
  const done = { durationMs: 1, status: "success" } as const;

  test("is under way from its start to its end", () => {
    const { collector, registry } = collecting();
    collector.startRequest("import");
    collector.startRequest("import");
    expect(activeIn(registry)).toEqual(active(2));
    collector.endRequest("import");
    collector.endRequest("import");
    expect(activeIn(registry)).toEqual(active(0));
    collector.endRequest("import");
    expect(activeIn(registry)).toEqual(active(0));
  });

  test("is over once it is recorded, whether its end is told before, after or never", () => {
    const { collector, registry } = collecting();
    collector.startRequest("import");
    collector.startRequest("import");
    collector.startRequest("import");
    collector.recordExecution("import", done);
    expect(activeIn(registry)).toEqual(active(2));
    collector.endRequest("import");
    expect(activeIn(registry)).toEqual(active(2));
    collector.endRequest("import");
    collector.recordExecution("import", done);
    expect(activeIn(registry)).toEqual(active(0));
  });

  test("that is recorded twice is over once", () => {
    const { collector, registry } = collecting();
    collector.startRequest("import");
    collector.recordExecution("import", done);
    collector.recordExecution("import", done);
    expect(activeIn(registry)).toEqual(active(0));
  });

  test("that never began does not end", () => {
    const { collector, registry } = collecting();
    collector.endRequest("import");
    collector.recordExecution("import", done);
    expect(activeIn(registry)).toEqual([{ ",import": 0 }, {}]);
  });

  test("counts at its peak once", () => {
    const { collector } = collecting();
    collector.startRequest("import");
    collector.recordExecution("import", done);
    collector.endRequest("import");
    expect(collector.getThroughput("import")).toMatchObject({ runs: 1, active: 0, peakActive: 1 });
  });
});

describe("what is known of a name", () => {
  const met = (name: string): SloStatus => ({
    name,
    indicator: { kind: "latency", thresholdMs: 1000 },
    objective: 0.99,
    windowDays: 30,
    minEvents: 10,
    state: "met",
    events: 20,
    bad: 0,
    compliance: 1,
    errorBudgetRemaining: 1,
    timeToExhaustionMs: Infinity,
    isBurning: false,
    alerts: [],
    windows: [],
  });
  const slo: SloSource = { status: (name = "") => (name === "import" ? [met(name)] : []) };

  function busy(): MetricsCollector {
    const { collector } = collecting(slo);
    collector.recordExecution("import", { durationMs: 250, status: "success", costUsd: 0.5 });
    collector.recordExecution("import", { durationMs: 750, status: "error", savingsUsd: 1.5 });
    collector.recordExecution("export", { durationMs: 100, status: "success" });
    return collector;
  }

  test("is its percentiles, SLO, throughput and cost", () => {
    const metrics = busy().getAllMetrics("import");
    expect(metrics).toMatchObject({
      percentiles: { count: 2, p50: 0.25, p99: 0.75, mean: 0.5 },
      slo: { name: "import", state: "met" },
      throughput: { runs: 2, rps: 2, peakRps: 2 },
      cost: { spent: { usd: 0.5 }, saved: { usd: 1.5 }, savedRatio: 0.75, costPerRunUsd: 0.25 },
    });
  });

  test("can be had one by one", () => {
    const collector = busy();
    const { percentiles, throughput, cost } = collector.getAllMetrics("import");
    expect(collector.getPercentiles("import")).toEqual(percentiles);
    expect(collector.getSloStatus("import")).toEqual(met("import"));
    expect(collector.getSloStatus("export")).toBeUndefined();
    expect(collector.getThroughput("import")).toEqual(throughput);
    expect(collector.getCostMetrics("import")).toEqual(cost);
  });

  test("can be had of all names at once", () => {
    const collector = busy();
    const all = collector.getAllPrimitivesMetrics();
    expect([...all.keys()]).toEqual(["export", "import"]);
    for (const [name, metrics] of all) expect(metrics).toEqual(collector.getAllMetrics(name));
  });

  test("is nothing where nobody has the name", () => {
    expect(collecting().collector.getAllMetrics("nobody")).toMatchObject({
      percentiles: { count: 0, p95: undefined },
      slo: undefined,
      throughput: undefined,
      cost: { spent: { nanoUsd: 0n }, runs: 0, costPerRunUsd: undefined },
    });
  });

  test("is throughput before anything was recorded", () => {
    const { collector } = collecting();
    collector.startRequest("import");
    expect(collector.getAllPrimitivesMetrics().get("import")).toMatchObject({
      percentiles: { count: 0, p50: undefined },
      throughput: { active: 1, runs: 0 },
      cost: { runs: 0 },
    });
  });
});

test("an SLO that is configured is declared for the runs of its name", () => {
  const declared: Slo[] = [];
  const stop = onSlo((slo) => declared.push(slo));
  collecting().collector.configureSlo("collector-test", {
    objective: 0.99,
    indicator: { kind: "latency", thresholdMs: 1000 },
  });
  stop();
  expect(declared.at(-1)).toMatchObject({
    name: "collector-test",
    workflow: "collector-test",
    objective: 0.99,
    indicator: { kind: "latency", thresholdMs: 1000 },
  });
});

describe("the collector refuses", () => {
  const { collector } = collecting();
  const good = { durationMs: 1, status: "success" };
  test.each([
    [{ ...good, durationMs: -1 }, "durationMs is -1; expected a finite number of at least 0"],
    [{ ...good, durationMs: "1" }, "durationMs is '1'; expected a finite number of at least 0"],
    [
      { ...good, status: "failed" },
      /^recordExecution: status is 'failed'; expected one of "success",/,
    ],
    [{ ...good, costUsd: Number.NaN }, "costUsd is NaN; expected a finite number of at least 0"],
    [{ ...good, savingsUsd: Infinity }, "savingsUsd is Infinity; expected a finite"],
    [{ ...good, savedBy: "luck" }, "savedBy is 'luck'; expected one of \"response_cache\""],
    [{ ...good, errorType: "" }, "errorType is ''; expected a non-empty string"],
    [{ ...good, model: 5 }, "model is 5; expected a non-empty string"],
    [undefined, "execution is undefined; expected an object with options"],
  ])("to record %o, and says why", (execution, message) => {
    expect(() => collector.recordExecution("import", execution as never)).toThrow(message);
  });

  test.each(["recordExecution", "startRequest", "endRequest", "configureSlo"] as const)(
    "a name that is no text in %s",
    (method) => {
      expect(() => collector[method](" ", good as never)).toThrow(
        `${method}: name is ' '; expected a non-empty string`,
      );
    },
  );

  test("an SLO that is none", () => {
    expect(() => collector.configureSlo("import", null as never)).toThrow(
      "configureSlo: slo is null; expected an object with options",
    );
    expect(() => collector.configureSlo("import", { objective: 2 } as never)).toThrow(RangeError);
  });
});
