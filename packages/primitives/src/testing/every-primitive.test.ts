import { describe, expect, it } from "vitest";
import { metrics, type MetricName } from "../catalog/metrics.ts";
import type { ContextInit } from "../context.ts";
import { step } from "../define.ts";
import { everyPrimitive, type Any } from "./every-primitive.fixture.ts";
import { viewOf } from "./outcome-view.ts";
import { Rehearsal, type RehearseOptions } from "./rehearsal.ts";
import { rehearse } from "./rehearse.ts";
import { recordTelemetry, type TelemetryRecording } from "./telemetry-recording.ts";
import { virtualRuntime } from "./virtual-runtime.ts";

const ABORT_MS = 17;
const reason = Object.assign(new Error("stop"), { code: "STOP" });
const abort = { afterMs: ABORT_MS, reason };

/** What the step at the bottom does, and what comes from outside. */
const cases: Readonly<
  Record<string, { readonly make: () => Any; readonly options: RehearseOptions }>
> = {
  success: {
    make: () =>
      step("child", async (input: unknown, context) => {
        await context.sleep("nap", 5);
        return { after: input };
      }),
    options: {},
  },
  failure: {
    make: () =>
      step("child", async (_input: unknown, context) => {
        await context.sleep("nap", 5);
        throw Object.assign(new Error(`no at ${context.path}`), { code: "NO", status: 503 });
      }),
    options: {},
  },
  "failure at once": {
    make: () =>
      step("child", () => {
        throw new TypeError("no");
      }),
    options: {},
  },
  "failure of the first calls": {
    make: () => {
      let calls = 0;
      return step("child", async () => {
        if (++calls < 2) throw new Error("not yet");
        return calls;
      });
    },
    options: {},
  },
  abort: {
    make: () =>
      step("child", async (input: unknown, context) => {
        await context.sleep("nap", 10_000);
        return input;
      }),
    options: { abort },
  },
};

const signals = { answer: { approved: true } };

async function inVirtualTime(primitive: Any, isAborted: boolean): Promise<string> {
  const virtual = virtualRuntime();
  const controller = new AbortController();
  const init: ContextInit = {
    workflowId: "rehearsal",
    runtime: virtual,
    signal: controller.signal,
  };
  const { signal } = await import("../waiting/signal.ts");
  const run = Promise.allSettled([primitive.execute("input", init)]);
  if (JSON.stringify(primitive.describe()).includes('"waitsFor":"answer"'))
    signal("rehearsal", "answer", signals.answer);
  await virtual.advance(ABORT_MS);
  if (isAborted) controller.abort(reason);
  const [outcome] = await virtual.run(() => run);
  return viewOf(outcome);
}

describe.each(Object.keys(everyPrimitive))("%s", (name) => {
  it.each(Object.keys(cases))(
    "ends alike in virtual time and in every rehearsal: %s",
    async (what) => {
      const { make, options } = cases[what]!;
      const build = (): Any => everyPrimitive[name]!(make());
      const report = await rehearse(build(), "input", { signals, ...options });
      expect(report.problems).toEqual([]);
      const ending =
        "error" in report
          ? viewOf({ status: "rejected", reason: report.error })
          : viewOf({ status: "fulfilled", value: report.result });
      expect(ending).toBe(await inVirtualTime(build(), options.abort !== undefined));
    },
  );

  // What only the first calls of a process do is something else in the next process.
  const repeatable = Object.keys(cases).filter((what) => !what.includes("first calls"));

  it.each(repeatable)("counts a recovered run once: %s", async (what) => {
    const { make, options } = cases[what]!;
    const build = (): Any => everyPrimitive[name]!(make());
    // Where the next process would have forgotten what this one knew, steps give what they gave.
    const rerunSteps = !hasMemory(name);
    const rehearsal = new Rehearsal(build, "input", { signals, rerunSteps, ...options });
    let wanted: Readonly<Record<string, number>>;
    {
      using telemetry = recordTelemetry();
      await rehearsal.perform();
      wanted = countsOf(telemetry);
    }
    for (let killAt = 1; killAt <= rehearsal.journal.events; killAt++) {
      using telemetry = recordTelemetry();
      await rehearsal.recover(killAt);
      expect(countsOf(telemetry), `lost after event ${killAt}`).toEqual(wanted);
    }
  });
});

function hasMemory(name: string): boolean {
  return ["cache", "circuitBreaker", "rateLimit"].includes(name);
}

/** Metrics of the registry itself, and of what a primitive remembers, which a lost process takes with it. */
const NOT_COUNTED = /^(telemetry\.|cache\.(entries|hit_rate)|circuit_breaker\.)/;

/** Every series that is not 0: counts, and seconds of histograms in whole microseconds; and how often what was logged. */
function countsOf(telemetry: TelemetryRecording): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of Object.keys(metrics) as MetricName[]) {
    if (NOT_COUNTED.test(name)) continue;
    for (const { labels, value, sum } of telemetry.metrics(name)) {
      const key = `${name}${JSON.stringify(labels)}`;
      if (value !== 0) counts[key] = value;
      if (sum !== undefined && sum !== 0) counts[`${key} sum`] = Math.round(sum * 1e6);
    }
  }
  for (const { event } of telemetry.events)
    if (!NOT_COUNTED.test(event)) counts[event] = (counts[event] ?? 0) + 1;
  return counts;
}
