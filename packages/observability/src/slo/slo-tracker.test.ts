import { slot, workflow } from "@tta-dev/primitives";
import { afterEach, describe, expect, it } from "vitest";
import {
  availability,
  DAY_MS,
  end,
  HOUR_MS,
  MINUTE_MS,
  score,
  START_MS,
  trackerFor,
} from "./slo.fixture.ts";
import { noSlos } from "./slo-surface.ts";

afterEach(() => {
  slot().slos.clear();
  const { runListeners, sloListeners } = slot();
  if (runListeners.size + sloListeners.size > 0) throw new Error("a tracker was not released");
});

/** A run of a primitive without a workflow around it. */
const lone = {
  workflowId: "r",
  primitiveName: "lone",
  isRoot: true,
  status: "success",
  endedAtMs: 0,
  durationSeconds: 1,
  pausedSeconds: 0,
  costNanoUsd: 0,
  tokens: 0,
} as const;

describe("what is counted", () => {
  it("is each run of the SLO's workflow, at the root and inside", () => {
    using under = trackerFor([availability("s", { workflow: "answer" })]);
    end();
    end({ status: "error" });
    end({ isRoot: false });
    end({ workflowName: "other", status: "error" });
    expect(under.tracker.status()).toMatchObject([{ events: 3, bad: 1 }]);
  });

  it("is every run, but no workflow inside one, where the SLO names no workflow", () => {
    using under = trackerFor([availability("s")]);
    end();
    end({ workflowName: "other" });
    end({ isRoot: false });
    for (const listener of slot().runListeners) listener.ended?.(lone);
    expect(under.tracker.status("s")).toMatchObject([{ events: 3, bad: 0 }]);
  });

  it("is each score of a quality SLO", () => {
    const indicator = { kind: "quality", score: "helpfulness", threshold: 0.5 } as const;
    using under = trackerFor([
      availability("own", { indicator, workflow: "answer" }),
      availability("any", { indicator }),
    ]);
    score("helpfulness", 0.9);
    score("helpfulness", 0.1);
    score("helpfulness", 0.1, { workflowName: "other" });
    score("toxicity", 0.1);
    expect(under.tracker.status()).toMatchObject([
      { name: "own", events: 2, bad: 1 },
      { name: "any", events: 3, bad: 2 },
    ]);
  });

  it("is what the program records itself", () => {
    using under = trackerFor([availability("s", { indicator: { kind: "custom" } })]);
    under.tracker.record("s", true);
    under.tracker.record("s", false);
    end();
    expect(under.tracker.status()).toMatchObject([{ events: 2, bad: 1 }]);
  });

  it("is in the counters too, which are there with 0 from the start", () => {
    using under = trackerFor([availability("s")]);
    expect(under.read("slo.events", "s")).toBe(0);
    expect(under.read("slo.events.bad", "s")).toBe(0);
    end();
    end({ status: "timeout" });
    expect(under.read("slo.events", "s")).toBe(2);
    expect(under.read("slo.events.bad", "s")).toBe(1);
  });

  it("is counted for a workflow that is made later, by the workflow itself", async () => {
    using under = trackerFor([]);
    const answer = workflow("late", (value: number) => value, { slos: [availability("s")] });
    await answer.execute(1);
    expect(under.tracker.status()).toMatchObject([{ name: "s", workflow: "late", events: 1 }]);
  });

  it("looks at freshness as time passes", () => {
    const indicator = { kind: "freshness", maxAgeMs: HOUR_MS } as const;
    using under = trackerFor([availability("s", { indicator, workflow: "answer" })]);
    end();
    for (let minute = 1; minute <= 70; minute += 1) {
      under.clock.nowMs = START_MS + minute * MINUTE_MS;
      under.tracker.look();
    }
    expect(under.tracker.status()).toMatchObject([{ events: 70, bad: 10 }]);
  });
});

describe("the status", () => {
  it("has objective, compliance, budget, burn rates and the time to exhaustion", () => {
    using under = trackerFor([
      availability("s", { objective: 0.9, minEvents: 10, description: "Nine in ten." }),
    ]);
    for (let run = 0; run < 20; run += 1) end({ status: run === 0 ? "error" : "success" });
    const [status] = under.tracker.status();
    expect(status).toMatchObject({
      name: "s",
      description: "Nine in ten.",
      objective: 0.9,
      windowDays: 30,
      state: "met",
      events: 20,
      bad: 1,
      compliance: 0.95,
      errorBudgetRemaining: 0.5,
      isBurning: false,
    });
    expect(status?.timeToExhaustionMs).toBeCloseTo(30 * DAY_MS, 0);
    expect(status?.windows.map(({ window }) => window)).toEqual(
      "5m 30m 1h 2h 6h 1d 3d 30d".split(" "),
    );
    for (const { burnRate, compliance } of status?.windows ?? [])
      expect([burnRate, compliance]).toEqual([0.5, 0.95]);
  });

  it("tells the bucket of each window", () => {
    using under = trackerFor([availability("s")]);
    const seconds = under.tracker.status()[0]?.windows.map(({ bucketMs }) => bucketMs / 1000);
    expect(seconds).toEqual([2.5, 15, 30, 60, 180, 720, 2160, 3600]);
  });

  it("is no data without traffic, never 100 %", () => {
    using under = trackerFor([availability("s")]);
    expect(under.tracker.status()).toMatchObject([
      { state: "no_data", compliance: undefined, errorBudgetRemaining: undefined },
    ]);
    expect(under.read("slo.compliance", "s", "30d")).toBeUndefined();
  });

  it("is too few events until there are enough", () => {
    using under = trackerFor([availability("s", { minEvents: 3 })]);
    end({ status: "error" });
    end({ status: "error" });
    expect(under.tracker.status()).toMatchObject([{ state: "too_few_events", compliance: 0 }]);
    end({ status: "error" });
    expect(under.tracker.status()).toMatchObject([{ state: "missed" }]);
  });

  it("lets the budget go below nothing", () => {
    using under = trackerFor([availability("s")]);
    for (let run = 0; run < 20; run += 1) end({ status: run < 10 ? "error" : "success" });
    expect(under.tracker.status()).toMatchObject([
      { state: "missed", errorBudgetRemaining: -4, timeToExhaustionMs: 0 },
    ]);
  });

  it("is there for one name, and empty for a name that nobody has", () => {
    using under = trackerFor([availability("a"), availability("b")]);
    expect(under.tracker.status("b").map(({ name }) => name)).toEqual(["b"]);
    expect(under.tracker.status("c")).toEqual([]);
  });
});

describe("the gauges", () => {
  it("have every window, the budget only the SLO's own", () => {
    using under = trackerFor([availability("s")]);
    for (let run = 0; run < 10; run += 1) end({ status: run === 0 ? "error" : "success" });
    under.clock.nowMs += 10 * MINUTE_MS;
    expect(under.read("slo.compliance", "s", "5m")).toBeUndefined();
    expect(under.read("slo.compliance", "s", "30m")).toBe(0.9);
    expect(under.read("slo.burn_rate", "s", "1h")).toBe(1);
    expect(under.read("slo.burn_rate", "s", "30d")).toBe(1);
    expect(under.read("slo.error_budget.remaining", "s", "30d")).toBe(0);
    expect(under.read("slo.error_budget.remaining", "s", "1h")).toBeUndefined();
  });

  it("are gone once it is released", () => {
    const under = trackerFor([availability("s")]);
    end();
    under[Symbol.dispose]();
    expect(under.read("slo.compliance", "s", "30d")).toBeUndefined();
  });
});

describe("recording", () => {
  it("refuses a name that no SLO has, and what is no verdict", () => {
    using under = trackerFor([availability("a"), availability("b")]);
    expect(() => under.tracker.record("c", true)).toThrow(
      new RangeError("slo.record: name is 'c'; expected the name of an SLO that is declared: a, b"),
    );
    expect(() => under.tracker.record("a", "yes" as never)).toThrow(
      new TypeError("slo.record: good is 'yes'; expected true or false"),
    );
  });

  it("counts nothing more once it is released", () => {
    const under = trackerFor([availability("s")]);
    under.tracker.record("s", true);
    under[Symbol.dispose]();
    under.tracker.record("s", true);
    end();
    expect(under.read("slo.events", "s")).toBe(1);
    expect(under.tracker.status()).toMatchObject([{ events: 1 }]);
  });
});

it("there is nothing to see, and nothing is counted, where observability is turned off", () => {
  noSlos.record("s", true);
  expect(noSlos.status()).toEqual([]);
});
