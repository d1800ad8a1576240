import { setTimeout } from "node:timers/promises";
import { measurePairs } from "../harness/paired.ts";
import type { Row, Sample } from "../harness/row.ts";
import { median } from "../harness/statistics.ts";
import { createOursOf, primitives } from "../ours.ts";
import { createTicket, validate } from "../scenario.ts";
import { registerSdk } from "../telemetry/sdk.ts";

/** What being observed costs work that takes as long as real work does. Everything is recorded. */
export const latencyRows: readonly Row[] = [
  {
    name: "three steps of 20 ms, against the same unobserved",
    unit: "ms a run",
    limit: 1.05,
    bounds: "ratio",
    processes: 3,
    pairs: 15,
    async measure({ pairs, random }) {
      const sdk = registerSdk("all");
      const ours = createOursOf([waits, waits, waits]);
      const theirs = async (index: number): Promise<number> =>
        waits(await waits(await waits(index)));
      const settle = () => sdk.flush();
      const measured = await measurePairs(
        { ours, theirs, settle },
        { pairs, random, runsPerBlock: 1, warmUpBlocks: 2 },
      );
      return measured.map((pair) => ({ ours: pair.oursNs / 1e6, theirs: pair.theirsNs / 1e6 }));
    },
  },
  {
    name: "one primitive round one step, the dearest, recorded",
    unit: "ms",
    limit: 5,
    bounds: "value",
    processes: 1,
    pairs: 21,
    async measure({ pairs, random }) {
      const sdk = registerSdk("all");
      const measured: { readonly name: string; readonly samples: readonly Sample[] }[] = [];
      for (const [name, primitive] of Object.entries(primitives)) {
        const contest = {
          ours: (index: number) => primitive.execute(createTicket(index)),
          theirs: (index: number) => validate(createTicket(index)),
          settle: () => sdk.flush(),
        };
        const plan = { pairs, random, runsPerBlock: 2000, warmUpBlocks: 5 };
        const samples = (await measurePairs(contest, plan)).map((pair) => ({
          ours: (pair.oursNs - pair.theirsNs) / 1e6,
          theirs: null,
        }));
        measured.push({ name, samples });
        process.stderr.write(`  ${name} ${(typical(samples) * 1000).toFixed(1)} µs\n`);
      }
      return measured.reduce((dearest, other) =>
        typical(other.samples) > typical(dearest.samples) ? other : dearest,
      ).samples;
    },
  },
];

async function waits(value: number): Promise<number> {
  await setTimeout(20);
  return value + 1;
}

function typical(samples: readonly Sample[]): number {
  return median(samples.map((sample) => sample.ours));
}
