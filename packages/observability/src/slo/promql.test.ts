import { readFileSync } from "node:fs";
import { slot } from "@tta-dev/primitives";
import { metricDescriptor } from "@tta-dev/primitives/catalog";
import { afterEach, describe, expect, it } from "vitest";
import { liveThrough, momentsOf, SCRAPE_MS } from "./lived-slo.fixture.ts";
import { isInstalled } from "./programs.fixture.ts";
import { PROMETHEUS_PROGRAMS, prometheusWith, type Point } from "./prometheus.fixture.ts";

const MISSING = PROMETHEUS_PROGRAMS.filter((program) => !isInstalled(program));
const TOTAL = `${metricDescriptor("slo.events").prometheusName}{slo="s"}`;
const BAD = `${metricDescriptor("slo.events.bad").prometheusName}{slo="s"}`;

afterEach(() => slot().slos.clear());

describe("PromQL on a real Prometheus", () => {
  for (const { traffic, seed, hasGaps } of [
    { traffic: "steady traffic", seed: 7, hasGaps: false },
    { traffic: "traffic with gaps", seed: 11, hasGaps: true },
  ])
    it(`gives the tracker's compliance but for what increase() cannot see: ${traffic}`, async ({
      skip,
    }) => {
      skip(MISSING.length > 0, `${MISSING.join(" and ")} is not installed`);
      const { total, bad, readings } = await liveThrough({ seed, hasGaps });
      const prometheus = await prometheusWith(
        new Map([
          [TOTAL, total],
          [BAD, bad],
        ]),
      );
      const compared = new Map<string, number>();
      try {
        for (const window of new Set(readings.map(({ status }) => status.window))) {
          const own = readings.filter(({ status }) => status.window === window);
          const moments = momentsOf(own[0]!.status);
          const query = (expression: string): ReturnType<typeof prometheus.queryRange> =>
            prometheus.queryRange(expression, moments);
          const increase = (series: string): string => `increase(${series}[${window}])`;
          const [ratios, counts] = await Promise.all([
            query(`1 - ${increase(BAD)} / ${increase(TOTAL)}`),
            query(increase(TOTAL)),
          ]);
          const ratioAt = new Map(ratios);
          const countAt = new Map(counts);
          const stated = (2 * SCRAPE_MS) / own[0]!.status.lengthMs;
          for (const { atMs, status, recount, atEdges, lost, isSteady } of own) {
            const { events, compliance } = status;
            expect({ events, bad: status.bad }).toEqual(recount);
            const ratio = ratioAt.get(atMs);
            if (compliance === undefined || ratio === undefined || Number.isNaN(ratio)) continue;
            const off = Math.abs(ratio - compliance);
            // Whatever the traffic: no more than what was not seen.
            expect(off).toBeLessThanOrEqual((atEdges + lost) / events + 1e-9);
            compared.set(window, (compared.get(window) ?? 0) + 1);
            if (!isSteady) continue;
            // As long as there was traffic and somebody scraped: two scrape intervals, and the events lost.
            expect(off).toBeLessThanOrEqual(stated + lost / events);
            const wide = 1 / (1 - stated);
            expect(Math.abs(countAt.get(atMs)! - events)).toBeLessThanOrEqual(
              stated * events + lost * wide,
            );
          }
        }
      } finally {
        await prometheus.stop();
      }
      expect(compared.size).toBe(8);
      for (const moments of compared.values()) expect(moments).toBeGreaterThan(8);
      expect(readings.reduce((sum, { lost }) => sum + lost, 0)).toBeGreaterThan(0);
    }, 60_000);

  it("answers the queries of the guide with data", async ({ skip }) => {
    skip(MISSING.length > 0, `${MISSING.join(" and ")} is not installed`);
    const guide = readFileSync("docs/slo.md", "utf8");
    const block = /```promql\n(.*?)```/s.exec(guide)?.[1] ?? "";
    const queries = block.split(/^#.*$/m).filter((query) => query.trim() !== "");
    expect(queries).toHaveLength(3);
    const endMs = Date.UTC(2026, 0, 6);
    const counter = (perScrape: number): readonly Point[] =>
      Array.from({ length: 480 }, (_, index) => [
        endMs - (479 - index) * SCRAPE_MS,
        index * perScrape,
      ]);
    const prometheus = await prometheusWith(
      new Map([
        [TOTAL.replace('"s"', '"answered"'), counter(4)],
        [BAD.replace('"s"', '"answered"'), counter(3)],
      ]),
    );
    try {
      const now = { fromMs: endMs, toMs: endMs, stepMs: 1000 };
      const answers = await Promise.all(queries.map((query) => prometheus.queryRange(query, now)));
      // Three in four are bad; of a budget of 0.005 that is 150 times as much as there is.
      expect(answers.map((points) => points[0]?.[1])).toEqual([
        expect.closeTo(0.25, 9),
        expect.closeTo(-149, 9),
        expect.closeTo(0.75, 9),
      ]);
    } finally {
      await prometheus.stop();
    }
  }, 60_000);
});
