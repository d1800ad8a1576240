import type { EndedRun } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ThroughputMeter } from "./throughput.ts";
import { createThroughputMeter } from "./throughput.ts";

const START_MS = 1_800_000_000_250;

/** A process whose runs begin and end when the test says so, on a clock that the test moves. */
function process(): {
  readonly meter: ThroughputMeter;
  readonly clock: { nowMs: number };
  readonly registry: ReturnType<typeof createRegistry>;
  readonly start: (workflow: string, agentType?: string) => void;
  readonly end: (workflow: string | undefined, run?: Partial<EndedRun>) => void;
} {
  const registry = createRegistry();
  const clock = { nowMs: START_MS };
  const meter = createThroughputMeter({ registry: () => registry, now: () => clock.nowMs });
  const active = (workflow: string, agentType?: string) =>
    registry
      .upDown("agent.workflows.active")
      .bind({ workflow_name: workflow, agent_type: agentType });
  return {
    meter,
    clock,
    registry,
    start: (workflow, agentType) => active(workflow, agentType).add(1),
    end(workflow, run = {}) {
      if (workflow !== undefined) active(workflow, run.agentType).add(-1);
      meter.listener.ended?.({
        ...(workflow !== undefined && { workflowName: workflow }),
        workflowId: "run",
        primitiveName: workflow ?? "step",
        isRoot: true,
        status: "success",
        endedAtMs: 0,
        durationSeconds: 1,
        pausedSeconds: 0,
        costNanoUsd: 0,
        tokens: 0,
        ...run,
      });
    },
  };
}

describe("the rate of a window", () => {
  type Event = { readonly gapMs: number; readonly workflow: string; readonly isRoot: boolean };
  const event: fc.Arbitrary<Event> = fc.record({
    gapMs: fc.oneof(fc.nat({ max: 400 }), fc.nat({ max: 20_000 }), fc.constant(1_000_000)),
    workflow: fc.constantFrom("a", "b"),
    isRoot: fc.boolean(),
  });
  const windowMs = fc.constantFrom(1_000, 2_000, 10_000, 60_000, 300_000, 900_000);

  test("is what counting a list of all ends gives, for all runs and for each workflow", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.nat({ max: 3000 }),
        windowMs,
        (events, restMs, window) => {
          const { meter, clock, end } = process();
          const ends = events.map(({ gapMs, workflow, isRoot }) => {
            clock.nowMs += gapMs;
            end(workflow, { isRoot });
            return { atMs: clock.nowMs, workflow, isRoot };
          });
          clock.nowMs += restMs;
          const report = meter.read({ windowsMs: [window] });

          const fromMs = Math.max(START_MS, Math.floor(clock.nowMs / 1000) * 1000 - window);
          const seconds = Math.max(1, (clock.nowMs - fromMs) / 1000);
          const rateOf = (isCounted: (one: (typeof ends)[number]) => boolean) => {
            const runs = ends.filter((one) => isCounted(one) && one.atMs >= fromMs).length;
            return { windowMs: window, runs, seconds, rps: runs / seconds };
          };
          const peakOf = (isCounted: (one: (typeof ends)[number]) => boolean): number => {
            const bySecond = Map.groupBy(ends.filter(isCounted), ({ atMs }) =>
              Math.floor(atMs / 1000),
            );
            return Math.max(0, ...[...bySecond.values()].map((all) => all.length));
          };
          expect(report.all).toMatchObject({
            runs: ends.filter(({ isRoot }) => isRoot).length,
            peakRps: peakOf(({ isRoot }) => isRoot),
            windows: [rateOf(({ isRoot }) => isRoot)],
          });
          expect(report.workflows.map(({ name }) => name)).toEqual(
            [...new Set(ends.map(({ workflow }) => workflow))].toSorted(),
          );
          for (const { name, runs, peakRps, windows } of report.workflows) {
            const isCounted = ({ workflow }: (typeof ends)[number]) => workflow === name;
            expect({ runs, peakRps, windows }).toEqual({
              runs: ends.filter(isCounted).length,
              peakRps: peakOf(isCounted),
              windows: [rateOf(isCounted)],
            });
          }
        },
      ),
    );
  });

  test("covers the window and what has passed of the current second", () => {
    const { meter, clock, end } = process();
    clock.nowMs += 60_000;
    end("a");
    clock.nowMs += 2_500;
    expect(meter.read({ windowsMs: [1_000, 2_000] }).all.windows).toEqual([
      { windowMs: 1_000, runs: 0, seconds: 1.75, rps: 0 },
      { windowMs: 2_000, runs: 1, seconds: 2.75, rps: 1 / 2.75 },
    ]);
  });

  test("divides by the time since counting began, but never by less than a second", () => {
    const { meter, clock, end } = process();
    clock.nowMs += 100;
    end("a");
    expect(meter.read({ windowsMs: [60_000] }).all.windows[0]).toMatchObject({
      seconds: 1,
      rps: 1,
    });
    clock.nowMs += 3_900;
    expect(meter.read({ windowsMs: [60_000] }).all.windows[0]).toMatchObject({
      seconds: 4,
      rps: 0.25,
    });
  });

  test("is given over 1 s, 10 s, 1 m, 5 m and 15 m where nothing is said", () => {
    const { meter } = process();
    const { windows } = meter.read().all;
    expect(windows.map((one) => one.windowMs)).toEqual([1_000, 10_000, 60_000, 300_000, 900_000]);
  });

  test("stands still while the clock goes back, and counts what ends meanwhile", () => {
    const { meter, clock, end } = process();
    clock.nowMs += 100_000;
    end("a");
    clock.nowMs -= 50_000;
    end("a");
    const report = meter.read({ windowsMs: [10_000] });
    expect(report.atMs).toBe(START_MS + 100_000);
    expect(report.all).toMatchObject({ runs: 2, peakRps: 2, windows: [{ runs: 2 }] });
  });
});

describe("what is under way", () => {
  test("and the most there ever was are those of a list of all runs", () => {
    const step = fc.record({
      workflow: fc.constantFrom("a", "b"),
      agentType: fc.constantFrom("", "planner"),
      isStart: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { meter, start, end } = process();
        const open = new Map<string, number>();
        const most = new Map<string, number>();
        const activeOf = (name: string): number =>
          [...open].reduce((sum, [key, count]) => (key.startsWith(name) ? sum + count : sum), 0);
        // Label sets are known once somebody has looked.
        for (const workflow of ["a", "b"])
          for (const agentType of ["", "planner"]) {
            start(workflow, agentType);
            end(workflow, { agentType });
          }
        most.set("a", 1).set("b", 1).set("", 1);
        for (const { workflow, agentType, isStart } of steps) {
          const key = `${workflow}/${agentType}`;
          const count = open.get(key) ?? 0;
          if (!isStart && count === 0) continue;
          open.set(key, isStart ? count + 1 : count - 1);
          if (isStart) start(workflow, agentType);
          else end(workflow, { agentType });
          for (const name of ["a", "b", ""])
            most.set(name, Math.max(most.get(name) ?? 0, activeOf(name)));
        }
        const { all, workflows } = meter.read();
        expect(all).toMatchObject({ active: activeOf(""), peakActive: most.get("") });
        expect(workflows).toMatchObject(
          ["a", "b"].map((name) => ({ name, active: activeOf(name), peakActive: most.get(name) })),
        );
      }),
    );
  });

  test("is seen before the first run ends", () => {
    const { meter, start } = process();
    start("slow", "planner");
    start("slow");
    expect(meter.read().workflows).toMatchObject([
      { name: "slow", runs: 0, active: 2, peakActive: 2 },
    ]);
  });

  test("is complete where there are more agent types than a label has values", () => {
    const { meter, start, end } = process();
    const types = Array.from({ length: 450 }, (_, index) => `type-${index}`);
    for (const type of types) start("a", type);
    expect(meter.read().all).toMatchObject({ active: 450, peakActive: 450 });
    for (const type of types.slice(1)) end("a", { agentType: type });
    expect(meter.read().workflows).toMatchObject([{ active: 1, peakActive: 450 }]);
  });

  test("is read from the registry that is there now", () => {
    const first = createRegistry();
    const second = createRegistry();
    let current = first;
    const meter = createThroughputMeter({ registry: () => current, now: () => 0 });
    const count = (registry: typeof first, by: number) =>
      registry.upDown("agent.workflows.active").bind({ workflow_name: "a" }).add(by);
    count(first, 5);
    count(second, 1);
    expect(meter.read().all.active).toBe(5);
    current = second;
    expect(meter.read().all.active).toBe(1);
  });
});

describe("who is counted", () => {
  test("a run of no workflow counts among all, under no name", () => {
    const { meter, end } = process();
    end(undefined);
    const { all, workflows } = meter.read();
    expect([all.runs, workflows]).toEqual([1, []]);
  });

  test("workflows beyond 200 are counted together", () => {
    const { meter, end } = process();
    for (let index = 0; index < 250; index++) end(`w${String(index).padStart(3, "0")}`);
    const { workflows, all } = meter.read();
    expect(workflows).toHaveLength(201);
    expect(workflows.find(({ name }) => name === "__other__")?.runs).toBe(50);
    expect(workflows.reduce((sum, { runs }) => sum + runs, 0)).toBe(all.runs);
  });

  test("the gauge gives each workflow's rate over the last minute", () => {
    const { meter, clock, end } = process();
    clock.nowMs += 120_000;
    end("a");
    end("a");
    end("b");
    clock.nowMs += 750;
    expect(meter.rates()).toEqual([
      { workflow: "a", rps: 2 / 60 },
      { workflow: "b", rps: 1 / 60 },
    ]);
    clock.nowMs += 120_000;
    expect(meter.rates()).toMatchObject([{ rps: 0 }, { rps: 0 }]);
  });
});

describe("a wrong option of throughput", () => {
  const { meter } = process();
  const expected = "expected whole seconds in milliseconds, 1000 to 900000";
  test.each([
    [7, "throughput: the argument is 7; expected an object with options"],
    [{ windowsMs: 1000 }, "throughput: windowsMs is 1000; expected an array of numbers"],
    [{ windowsMs: ["1m"] }, `throughput: windowsMs[0] is '1m'; ${expected}`],
    [{ windowsMs: [1000, 1500] }, `throughput: windowsMs[1] is 1500; ${expected}`],
    [{ windowsMs: [0] }, `throughput: windowsMs[0] is 0; ${expected}`],
    [{ windowsMs: [901_000] }, `throughput: windowsMs[0] is 901000; ${expected}`],
  ])("%o says what is wrong", (options, message) => {
    expect(() => meter.read(options as object)).toThrow(message);
  });
});
