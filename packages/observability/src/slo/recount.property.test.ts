import { slot } from "@tta-dev/primitives";
import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import {
  availability,
  DAY_MS,
  end,
  HOUR_MS,
  memoryStore,
  MINUTE_MS,
  START_MS,
  trackerFor,
  type TrackerUnderTest,
} from "./slo.fixture.ts";

interface JudgedEvent {
  readonly atMs: number;
  readonly isBad: boolean;
}

type Step =
  | { readonly do: "traffic"; readonly gapsMs: readonly number[]; readonly badInTen: number }
  | { readonly do: "gap"; readonly ms: number }
  | { readonly do: "edge"; readonly window: number }
  | { readonly do: "save" | "restart" | "crash" | "restart with late store" };

const traffic = fc.record({
  do: fc.constant("traffic" as const),
  gapsMs: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 5000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 30 * MINUTE_MS }) },
    ),
    { maxLength: 25 },
  ),
  badInTen: fc.integer({ min: 0, max: 10 }),
});
const gap = fc.record({
  do: fc.constant("gap" as const),
  ms: fc.oneof(
    fc.integer({ min: 0, max: 2 * HOUR_MS }),
    fc.integer({ min: 0, max: 5 * DAY_MS }),
    fc.integer({ min: 0, max: 40 * DAY_MS }),
  ),
});
const edge = fc.record({
  do: fc.constant("edge" as const),
  window: fc.integer({ min: 0, max: 7 }),
});
const restart = fc.record({
  do: fc.constantFrom("save", "restart", "crash", "restart with late store"),
});
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: traffic },
    { weight: 2, arbitrary: gap },
    { weight: 4, arbitrary: edge },
    { weight: 3, arbitrary: restart },
  ),
  { maxLength: 30 },
);

afterEach(() => slot().slos.clear());

/** Counts again, event by event, what lies between two moments: the first counts, the last too. */
function recount(
  events: readonly JudgedEvent[],
  fromMs: number,
): { readonly events: number; readonly bad: number } {
  const inside = events.filter(({ atMs }) => atMs >= fromMs);
  return { events: inside.length, bad: inside.filter(({ isBad }) => isBad).length };
}

it("the tracker and a recount of every event agree, in each window, through gaps, resets and restarts", async () => {
  const edgesSeen = new Map<string, number>();
  const lost = { events: 0 };
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(1, 3, 7, 28, 30, 90), async (given, windowDays) => {
      slot().slos.clear();
      const store = memoryStore();
      const slos = [availability("s", { windowDays })];
      const clock = { nowMs: START_MS };
      /** Every event there was, and how many of them were saved. */
      let all: JudgedEvent[] = [];
      let savedCount = 0;
      /** Events of this life of the process. */
      let life: JudgedEvent[] = [];
      let under = trackerFor(slos, { store, clock });
      await under.tracker.ready;

      const happen = (isBad: boolean): void => {
        end({ status: isBad ? "error" : "success" });
        const event = { atMs: clock.nowMs, isBad };
        all.push(event);
        life.push(event);
      };
      const live = async (anew: () => TrackerUnderTest): Promise<void> => {
        under[Symbol.dispose]();
        life = [];
        under = anew();
      };
      const agree = (): void => {
        for (const window of under.tracker.status()[0]!.windows) {
          const { lengthMs, bucketMs, events, bad } = window;
          // What the tracker promises at any moment: whole buckets.
          const fromMs = Math.floor(clock.nowMs / bucketMs) * bucketMs - lengthMs;
          expect({ ...window, events, bad }).toEqual({ ...window, ...recount(all, fromMs) });
        }
        expect(under.read("slo.events", "s")).toBe(life.length);
        expect(under.read("slo.events.bad", "s")).toBe(life.filter(({ isBad }) => isBad).length);
      };

      for (const step of given) {
        if (step.do === "traffic") {
          for (const [index, gapMs] of step.gapsMs.entries()) {
            clock.nowMs += gapMs;
            happen((index * 7) % 10 < step.badInTen);
          }
        } else if (step.do === "gap") {
          clock.nowMs += step.ms;
        } else if (step.do === "edge") {
          const { windows } = under.tracker.status()[0]!;
          const { window, lengthMs, bucketMs } = windows[step.window % windows.length]!;
          clock.nowMs = (Math.floor(clock.nowMs / bucketMs) + 1) * bucketMs;
          const { events, bad } = under.tracker
            .status()[0]!
            .windows.find((one) => one.window === window)!;
          // At a bucket edge it is the window itself, to the event.
          expect({ events, bad }).toEqual(recount(all, clock.nowMs - lengthMs));
          edgesSeen.set(window, (edgesSeen.get(window) ?? 0) + 1);
        } else if (step.do === "save") {
          await under.tracker.forceFlush();
          savedCount = all.length;
        } else if (step.do === "crash") {
          // Neither the end nor what came after the last save was saved.
          lost.events += all.length - savedCount;
          all = all.slice(0, savedCount);
          await live(() => trackerFor(slos, { store, clock }));
          await under.tracker.ready;
        } else {
          await under.tracker.shutdown();
          savedCount = all.length;
          await live(() => trackerFor(slos, { store, clock }));
          if (step.do === "restart with late store") happen(true);
          await under.tracker.ready;
        }
        agree();
      }
      under[Symbol.dispose]();
    }),
    { numRuns: 150 },
  );
  expect(lost.events).toBeGreaterThan(0);
  expect(Math.min(...edgesSeen.values())).toBeGreaterThan(0);
  expect(edgesSeen.size).toBeGreaterThanOrEqual(8);
});
