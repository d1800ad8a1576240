import { setImmediate } from "node:timers/promises";
import { GCProfiler } from "node:v8";
import type { Run } from "../harness/paired.ts";
import type { Plan, Row, Sample } from "../harness/row.ts";
import { createOurs } from "../ours.ts";
import { registerSdk } from "../telemetry/sdk.ts";
import { asRun } from "./traced-contest.ts";

const megabyte = 1e6;

/** Enough new space that no collection falls into an allocation block. */
const roomySemiSpace = ["--min-semi-space-size=64", "--max-semi-space-size=64"];

/** What runs leave behind, and what they allocate. */
export const memoryRows: readonly Row[] = [
  growthRow("heap growth over a million runs, recorded", async () => {
    const sdk = registerSdk("all");
    return { run: asRun(createOurs(), "usual"), settle: () => sdk.flush() };
  }),
  growthRow("heap growth over a million runs, no SDK", async () => {
    return { run: asRun(createOurs(), "usual"), settle: async () => {} };
  }),
  {
    name: "allocation of a recorded run, against by hand",
    unit: "kB a run",
    limit: 0.6,
    bounds: "ratio",
    processes: 3,
    pairs: 21,
    nodeFlags: roomySemiSpace,
    verification: "by-hand:usual",
    measure: measureAllocation,
  },
];

interface Subject {
  readonly run: Run;
  readonly settle: () => Promise<void>;
}

/** Moments of a million runs at which the heap is looked at. */
const moments = 20;

/**
 * The heap after a full collection, at five moments towards the end, over the lowest of the first half: the engine
 * gives back memory of its own now and then, and what it gives back late would hide as much growth.
 */
function growthRow(name: string, prepare: () => Promise<Subject>): Row {
  return {
    name,
    unit: "MB",
    limit: 1,
    bounds: "value",
    processes: 1,
    pairs: 1,
    async measure({ quick }) {
      const { run, settle } = await prepare();
      const total = quick ? 50_000 : 1_000_000;
      let done = 0;
      const advance = async (): Promise<number> => {
        for (const until = done + total / moments; done < until; done++) await run(done);
        await settle();
        return heapAfterCollection();
      };
      await advance();
      const heaps: number[] = [];
      for (let moment = 0; moment < moments; moment++) heaps.push(await advance());
      const before = Math.min(...heaps.slice(0, moments / 2));
      const samples = heaps
        .slice(-5)
        .map((heap) => ({ ours: (heap - before) / megabyte, theirs: null }));
      return samples;
    },
  };
}

async function heapAfterCollection(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate();
    globalThis.gc!();
  }
  return process.memoryUsage().heapUsed;
}

async function measureAllocation({ pairs, random }: Plan): Promise<readonly Sample[]> {
  const runsPerBlock = 200;
  const sdk = registerSdk("all");
  const { createByHand } = await import("../opponents/otel-by-hand.ts");
  const ours = asRun(createOurs(), "usual");
  const theirs = asRun(createByHand("usual"), "usual");
  let next = 0;

  const kilobytesPerRun = async (run: Run, runs: number): Promise<number> => {
    await sdk.flush();
    await setImmediate();
    globalThis.gc!({ type: "minor", execution: "sync" });
    const profiler = new GCProfiler();
    profiler.start();
    const before = process.memoryUsage().heapUsed;
    for (const until = next + runs; next < until; next++) await run(next);
    const bytes = process.memoryUsage().heapUsed - before;
    const collections = profiler.stop()?.statistics.length ?? 0;
    if (collections > 0 && runs === runsPerBlock)
      throw new Error("a collection fell into an allocation block");
    return bytes / runs / 1000;
  };

  await kilobytesPerRun(ours, 20_000);
  await kilobytesPerRun(theirs, 20_000);
  const samples: Sample[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    if (random() < 0.5) {
      const own = await kilobytesPerRun(ours, runsPerBlock);
      samples.push({ ours: own, theirs: await kilobytesPerRun(theirs, runsPerBlock) });
    } else {
      const other = await kilobytesPerRun(theirs, runsPerBlock);
      samples.push({ ours: await kilobytesPerRun(ours, runsPerBlock), theirs: other });
    }
  }
  return samples;
}
