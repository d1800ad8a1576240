import { measurePairs, type Contest } from "../harness/paired.ts";
import type { Row } from "../harness/row.ts";
import type { Verification } from "../verify/verification.ts";

/** Runs of one block, as long as nothing about the work forbids it. */
const runsPerBlock = 2000;

/** Seven blocks of each side are enough for the optimising compiler to be done with both. */
const warmUpBlocks = 7;

/** Processes of a paired row: what the compiler makes of the same code differs more between two than within one. */
const processes = 3;
const enoughPairs = 21;

/** For rows whose blocks last less than a millisecond, where one interruption is as long as the block. */
export const manyPairs = 101;

interface PairedInit {
  readonly name: string;
  readonly limit: number;
  readonly verification?: Verification;
  /** In each process. @default 21 */
  readonly pairs?: number;
  /** Prepares both sides in the process that measures them. */
  readonly contest: () => Promise<Contest>;
}

/** A row that bounds how long ours takes by how long theirs takes. */
export function ratioRow(init: PairedInit): Row {
  const { contest, pairs = enoughPairs, ...rest } = init;
  return {
    ...rest,
    unit: "µs a run",
    bounds: "ratio",
    processes,
    pairs,
    async measure(plan) {
      const measured = await measurePairs(await contest(), { ...plan, runsPerBlock, warmUpBlocks });
      return measured.map((pair) => ({ ours: pair.oursNs / 1000, theirs: pair.theirsNs / 1000 }));
    },
  };
}

interface OverheadInit extends PairedInit {
  readonly unit: string;
  /** Nanoseconds in one unit. */
  readonly unitNs: number;
  /** What one run does many times: calls of a primitive, records of a metric. @default 1 */
  readonly timesPerRun?: number;
}

/** A row that bounds what ours takes beyond theirs: the difference of two paired blocks. */
export function overheadRow(init: OverheadInit): Row {
  const { contest, unitNs, timesPerRun = 1, pairs = enoughPairs, ...rest } = init;
  return {
    ...rest,
    bounds: "value",
    processes,
    pairs,
    async measure(plan) {
      const measured = await measurePairs(await contest(), { ...plan, runsPerBlock, warmUpBlocks });
      const scale = unitNs * timesPerRun;
      return measured.map((pair) => ({
        ours: (pair.oursNs - pair.theirsNs) / scale,
        theirs: null,
      }));
    },
  };
}
