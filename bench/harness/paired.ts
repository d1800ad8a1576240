import { setImmediate } from "node:timers/promises";

/** Does one run of what is measured. `index` never repeats within a process. */
export type Run = (index: number) => unknown;

/** Two ways to do the same work. */
export interface Contest {
  readonly ours: Run;
  readonly theirs: Run;
  /** Brings both to rest between two blocks, outside the measured time: flushes exporters. */
  readonly settle?: () => Promise<void>;
  /** Throws unless both did what they were to do. Called once, with the number of runs of each side. */
  readonly check?: (runsPerSide: number) => Promise<void> | void;
}

/** How much to measure. */
export interface PairPlan {
  readonly pairs: number;
  readonly runsPerBlock: number;
  readonly warmUpBlocks: number;
  /** Decides which side of a pair goes first. */
  readonly random: () => number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Nanoseconds a run, of two blocks measured one right after the other. */
export interface BlockPair {
  readonly oursNs: number;
  readonly theirsNs: number;
}

/**
 * Measures two contestants in alternating blocks, in random order within each pair, and awaits every run.
 *
 * A minor collection before each block makes every side pay for its own garbage; major ones fall where they fall.
 */
export async function measurePairs(
  contest: Contest,
  plan: PairPlan,
): Promise<readonly BlockPair[]> {
  const { ours, theirs } = contest;
  const { pairs, runsPerBlock, warmUpBlocks, random, now = () => performance.now() } = plan;
  const collect = globalThis.gc;
  let next = 0;

  const block = async (run: Run): Promise<number> => {
    await contest.settle?.();
    await setImmediate();
    collect?.({ type: "minor", execution: "sync" });
    const first = next;
    next += runsPerBlock;
    const startedAt = now();
    for (let index = first; index < first + runsPerBlock; index++) await run(index);
    return ((now() - startedAt) * 1e6) / runsPerBlock;
  };

  for (let warmUp = 0; warmUp < warmUpBlocks; warmUp++) {
    await block(ours);
    await block(theirs);
  }
  const measured: BlockPair[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    if (random() < 0.5) {
      const oursNs = await block(ours);
      measured.push({ oursNs, theirsNs: await block(theirs) });
    } else {
      const theirsNs = await block(theirs);
      measured.push({ oursNs: await block(ours), theirsNs });
    }
  }
  await contest.settle?.();
  await contest.check?.(next / 2);
  return measured;
}
