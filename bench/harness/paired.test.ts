import { describe, expect, it } from "vitest";
import { measurePairs } from "./paired.ts";
import { seededRandom } from "./statistics.ts";

/** A clock that moves only when a run says so. */
function createContest(oursMs: number, theirsMs: number) {
  let timeMs = 0;
  const order: string[] = [];
  const indices: number[] = [];
  const run = (side: string, durationMs: number) => async (index: number) => {
    order.push(side);
    indices.push(index);
    timeMs += durationMs;
  };
  return {
    contest: { ours: run("ours", oursMs), theirs: run("theirs", theirsMs) },
    order,
    indices,
    now: () => timeMs,
  };
}

describe("measurePairs", () => {
  it("gives nanoseconds a run for each side of each pair", async () => {
    const { contest, now } = createContest(2, 5);
    const pairs = await measurePairs(contest, {
      pairs: 3,
      runsPerBlock: 4,
      warmUpBlocks: 1,
      random: Math.random,
      now,
    });
    expect(pairs).toEqual(Array.from({ length: 3 }, () => ({ oursNs: 2e6, theirsNs: 5e6 })));
  });
  it("alternates in whole blocks, both ways round, after the warm-up", async () => {
    const { contest, order, now } = createContest(1, 1);
    await measurePairs(contest, {
      pairs: 20,
      runsPerBlock: 2,
      warmUpBlocks: 2,
      random: seededRandom(3),
      now,
    });
    const blocks = order.filter((_, index) => index % 2 === 0).slice(4);
    expect(order.filter((_, index) => index % 2 === 1).slice(4)).toEqual(blocks);
    const pairs = Array.from({ length: 20 }, (_, pair) =>
      blocks.slice(2 * pair, 2 * pair + 2).join(" "),
    );
    expect(new Set(pairs)).toEqual(new Set(["ours theirs", "theirs ours"]));
  });
  it("gives every run an index of its own", async () => {
    const { contest, indices, now } = createContest(1, 1);
    await measurePairs(contest, {
      pairs: 3,
      runsPerBlock: 5,
      warmUpBlocks: 1,
      random: Math.random,
      now,
    });
    expect(new Set(indices).size).toBe(indices.length);
  });
  it("waits for a run before it starts the next", async () => {
    let running = 0;
    const run = async (): Promise<void> => {
      running++;
      expect(running).toBe(1);
      await Promise.resolve();
      running--;
    };
    await measurePairs(
      { ours: run, theirs: run },
      { pairs: 2, runsPerBlock: 3, warmUpBlocks: 0, random: Math.random },
    );
  });
  it("settles before each block and checks once with the runs of each side", async () => {
    const { contest, now } = createContest(1, 1);
    const seen: (string | number)[] = [];
    const watched = {
      ...contest,
      settle: async () => void seen.push("settle"),
      check: (runs: number) => void seen.push(runs),
    };
    await measurePairs(watched, {
      pairs: 2,
      runsPerBlock: 3,
      warmUpBlocks: 1,
      random: Math.random,
      now,
    });
    expect(seen).toEqual([...Array.from({ length: 7 }, () => "settle"), 9]);
  });
});
