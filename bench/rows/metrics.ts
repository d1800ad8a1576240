import assert from "node:assert/strict";
import { measurePairs } from "../harness/paired.ts";
import type { Row } from "../harness/row.ts";
import { seededRandom, seedOf } from "../harness/statistics.ts";
import { createExposedHistogram, createRecorder } from "../ours.ts";
import { durationBounds } from "../opponents/places.ts";
import type { ExposedHistogram } from "../opponents/prom-client.ts";
import { parseSamples } from "../verify/exposition-samples.ts";
import { overheadRow } from "./paired-row.ts";

/** Records of one run of the recorder row: enough to make the loop round them cost nothing. */
const recordsPerRun = 500;
const seriesCount = 1000;
const recordsPerSeries = 20;

/** What metrics cost: where they are recorded and where they are read. */
export const metricRows: readonly Row[] = [
  overheadRow({
    name: "one count and one duration record, bound and warm",
    unit: "ns",
    unitNs: 1,
    timesPerRun: recordsPerRun,
    limit: 20,
    async contest() {
      const durations = createDurations(recordsPerRun);
      const record = createRecorder();
      let sum = 0;
      return {
        ours() {
          for (const seconds of durations) record(seconds);
        },
        theirs() {
          for (const seconds of durations) sum += seconds;
        },
        check() {
          if (!(sum > 0)) throw new Error("the empty loop did not run");
        },
      };
    },
  }),
  {
    name: "/metrics with 1,000 histogram series, against prom-client",
    unit: "ms a scrape",
    limit: 0.3,
    bounds: "ratio",
    processes: 3,
    pairs: 15,
    async measure(plan) {
      const { createPromClientHistogram } = await import("../opponents/prom-client.ts");
      const ours = createExposedHistogram();
      const theirs = createPromClientHistogram();
      fill(ours);
      fill(theirs);
      await requireSamePage(ours, theirs);
      const contest = { ours: () => ours.expose(), theirs: () => theirs.expose() };
      const measured = await measurePairs(contest, { ...plan, runsPerBlock: 5, warmUpBlocks: 4 });
      return measured.map((pair) => ({ ours: pair.oursNs / 1e6, theirs: pair.theirsNs / 1e6 }));
    },
  },
];

async function requireSamePage(ours: ExposedHistogram, theirs: ExposedHistogram): Promise<void> {
  const [own, other] = [await ours.expose(), await theirs.expose()].map((page) =>
    parseSamples(page, "primitive_execution_duration_seconds"),
  );
  const linesPerSeries = durationBounds.length + 3;
  assert.equal(own?.size, seriesCount * linesPerSeries, "a sample a bound, +Inf, _sum and _count");
  assert.deepEqual(own, other, "the pages differ");
}

/** Fills as many series as a page may have: 50 primitives in 20 workflows. */
function fill(histogram: ExposedHistogram): void {
  const durations = createDurations(recordsPerSeries);
  for (let series = 0; series < seriesCount; series++) {
    const record = histogram.bind({
      primitive_name: `primitive-${series % 50}`,
      primitive_type: "step",
      workflow_name: `workflow-${Math.floor(series / 50)}`,
      status: "success",
    });
    for (const seconds of durations) record(seconds);
  }
}

/** Durations of a service: most near a tenth of a second, some a hundred times shorter or longer. */
function createDurations(count: number): readonly number[] {
  const random = seededRandom(seedOf("durations"));
  const bell = (): number => random() + random() + random() - 1.5;
  return Array.from({ length: count }, () => 0.1 * 10 ** (bell() * 1.5));
}
