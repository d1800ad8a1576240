import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  component,
  memoryStore,
  record,
  startProcess,
  type WatchedProcess,
} from "./component-collector.fixture.ts";
import { numbersOf } from "./metric-series.ts";
import { DAY_MS } from "./use-days.ts";

afterEach(() => {
  vi.useRealTimers();
});

const valueOf = (process: WatchedProcess, gate: string) =>
  process.collector.evaluate("a").next?.gates.find((one) => one.gate === gate)?.value;

describe("createComponentCollector", () => {
  it("counts executions and errors of a component's primitives, not what was given up", () => {
    const process = startProcess();
    record(process.registry, "a", { times: 180 });
    record(process.registry, "a", { times: 20, status: "error" });
    record(process.registry, "a", { times: 50, status: "cancelled" });
    record(process.registry, "b", { times: 999 });
    expect(valueOf(process, "executions")).toBe(200);
    expect(valueOf(process, "error_rate")).toBe(0.1);
    expect(valueOf(process, "days_observed")).toBe(1);
  });

  it("does not count what happened before it began", () => {
    const { registry } = startProcess();
    record(registry, "a", { times: 7 });
    const later = startProcess({ registry });
    record(registry, "a", { times: 2 });
    expect(valueOf(later, "executions")).toBe(2);
  });

  it("reads without changing anything", () => {
    const process = startProcess();
    record(process.registry, "a");
    const first = process.collector.snapshot();
    expect(process.collector.snapshot()).toEqual(first);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });

  it("refuses a name that no component has", () => {
    const { collector } = startProcess({ components: [component("a"), component("b")] });
    expect(() => collector.evaluate("c")).toThrow(
      new RangeError('no component is called "c"; there are: a, b'),
    );
  });

  it("refuses what is no component, and two of one name", () => {
    expect(() => startProcess({ components: [component("a"), {} as never] })).toThrow(
      "createComponentCollector({ components }): expected what defineComponent() returns at index 1",
    );
    expect(() => startProcess({ components: [component("a"), component("a")] })).toThrow(
      'two components are called "a"',
    );
  });

  it("keeps executions and days across restarts", async () => {
    const store = memoryStore();
    for (let day = 0; day < 3; day++) {
      const process = startProcess({ store });
      process.clock.nowMs += day * DAY_MS;
      await process.collector.ready;
      record(process.registry, "a", { times: 10 });
      expect(valueOf(process, "executions")).toBe(10 * (day + 1));
      expect(valueOf(process, "days_observed")).toBe(day + 1);
      process.collector.release();
      await process.collector.shutdown();
    }
  });

  it("says nothing of production by what was seen in development", async () => {
    const store = memoryStore();
    const before = startProcess({ store });
    record(before.registry, "a", { times: 500 });
    await before.collector.forceFlush();
    const after = startProcess({ store, components: [component("a", { stage: "staging" })] });
    await after.collector.ready;
    const { declared, next } = after.collector.evaluate("a");
    expect(declared.gates.find(({ gate }) => gate === "executions")?.value).toBe(500);
    expect(next?.gates.find(({ gate }) => gate === "executions")?.value).toBe(0);
  });

  it("keeps no process alive", () => {
    const timers = vi.spyOn(globalThis, "setInterval");
    const { collector } = startProcess();
    expect((timers.mock.results[0]!.value as NodeJS.Timeout).hasRef()).toBe(false);
    timers.mockRestore();
    collector.release();
  });

  it("saves on its own, from time to time", async () => {
    vi.useFakeTimers();
    const store = memoryStore();
    const { registry, collector } = startProcess({ store, intervalMs: 1_000 });
    record(registry, "a", { times: 3 });
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await collector.forceFlush();
    expect(store.text).toContain('"executions": 3');
    collector.release();
  });

  it("reads the files of its components", async () => {
    const root = mkdtempSync(join(tmpdir(), "tta-components-"));
    try {
      writeFileSync(join(root, "lcov.info"), "SF:a.ts\nDA:1,1\nDA:2,0\nend_of_record\n");
      writeFileSync(join(root, "a.md"), "# A\n\nWhat it does.\n");
      const { collector } = startProcess({
        root,
        components: [
          component("a", {
            docs: "a.md",
            coverage: { report: "lcov.info", include: "*.ts" },
            gates: {},
          }),
        ],
      });
      expect(collector.evaluate("a").next?.gates).toMatchObject([
        { gate: "coverage", note: "not read yet" },
        {},
        {},
        {},
        { gate: "docs", note: "not read yet" },
      ]);
      await collector.ready;
      expect(collector.evaluate("a").next?.gates).toMatchObject([
        { gate: "coverage", value: 0.5 },
        {},
        {},
        {},
        { gate: "docs", value: 1 },
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("asks the reader of SLOs that it is given, else the gauges, and keeps what they said", async () => {
    const components = [component("a", { stage: "staging", slos: ["fast"] })];
    const slo = vi.fn(() => ({ errorBudgetRemaining: 0.4 }));
    const given = startProcess({ components, slo });
    expect(valueOf(given, "slo_compliance")).toBe(1);
    expect(slo).toHaveBeenCalledWith("fast");

    const store = memoryStore();
    const { registry, collector } = startProcess({ components, store });
    const window = { slo: "fast", window: "30d" };
    registry.gauge("slo.compliance").bind(window).set(0.98);
    registry.gauge("slo.error_budget.remaining").bind(window).set(-1);
    expect(
      collector.evaluate("a").next?.gates.find(({ gate }) => gate === "slo_compliance"),
    ).toMatchObject({ status: "failed", note: "fast is missed at 98 %" });
    await collector.forceFlush();
    expect(JSON.parse(store.text ?? "")).toMatchObject({
      slos: { fast: { compliance: 0.98, errorBudgetRemaining: -1 } },
    });
  });
});

describe("the metrics of components", () => {
  it("are stage, coverage and each gate of the next stage", async () => {
    const { registry, collector } = startProcess({
      components: [component("a"), component("b", { stage: "production", slos: ["fast"] })],
    });
    record(registry, "a", { times: 100 });
    await collector.forceFlush();
    const read = (name: "component.maturity.stage" | "component.gate" | "component.coverage") =>
      numbersOf(registry.snapshot(), name).map(({ series, label }) =>
        [label("component"), name === "component.gate" ? label("gate") : "", series.value].join(
          " ",
        ),
      );
    expect(read("component.maturity.stage")).toEqual(["a  0", "b  2"]);
    expect(read("component.coverage")).toEqual([]);
    expect(read("component.gate")).toEqual([
      "a error_rate 1",
      "a executions 1",
      "a days_observed 1",
      "b coverage 0",
      "b slo_compliance 0",
      "b error_rate 0",
      "b executions 0",
      "b days_observed 0",
      "b docs 0",
    ]);
    collector.release();
    expect(read("component.gate")).toEqual([]);
  });
});

describe("a store that fails", () => {
  it("is reported, disturbs nobody and is caught up with", async () => {
    const store = memoryStore();
    const process = startProcess({ store });
    await process.collector.ready;
    record(process.registry, "a", { times: 5 });
    for (const fails of ["load", "save", "save"]) {
      store.fails = fails;
      await process.collector.forceFlush();
    }
    expect(process.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "component_state: the state of the components could not be loaded: out of reach; what they do is counted on in memory",
      ...Array.from(
        { length: 2 },
        () =>
          "component_state: the state of the components could not be saved: disk full; what they do is counted on in memory",
      ),
    ]);
    record(process.registry, "a", { times: 4 });
    expect(valueOf(process, "executions")).toBe(9);
    store.fails = "";
    await process.collector.forceFlush();
    expect(valueOf(process, "executions")).toBe(9);
    const next = startProcess({ store });
    await next.collector.ready;
    expect(valueOf(next, "executions")).toBe(9);
  });

  it("is never written over when what it has cannot be read", async () => {
    const store = memoryStore();
    store.text = '{"version":2}';
    const { registry, collector, problems } = startProcess({ store });
    await collector.ready;
    record(registry, "a");
    await collector.shutdown();
    expect(store.text).toBe('{"version":2}');
    expect(problems[0]?.message).toContain("its version is 2, expected 1");
  });
});
