import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { CONTENT_TYPES } from "./format.ts";
import { oddPage, oddParts } from "./odd-page.fixture.ts";
import { findProgram, needProgram, startPrometheus } from "./programs.fixture.ts";
import type { ScrapedShop } from "./scraped-shop.fixture.ts";
import { openScrapedShop } from "./scraped-shop.fixture.ts";
import { CALL_NANO_USD } from "./shop.fixture.ts";

const GUIDE = "docs/prometheus.md";
/** A query of five minutes needs two scrapes, and a rule an evaluation after them. */
const PATIENCE = { timeout: 20_000, interval: 200 };

/** The rows of the guide's tables whose first column has the heading, as the code in their cells. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const rows = readFileSync(GUIDE, "utf8")
    .split("\n\n")
    .filter((block) => block.trimStart().startsWith(`| ${heading} `))
    .flatMap((block) => block.trim().split("\n").slice(2));
  return rows.map((row) => row.split(" | ").map((cell) => /`([^`]+)`/.exec(cell)?.[1] ?? ""));
}

const queries = new Set([
  ...tableOf("query").map(([query = ""]) => query),
  ...tableOf("query").flatMap(([, other = ""]) => (other === "" ? [] : [other])),
  ...tableOf("instead of").map(([, , query = ""]) => query),
  ...[...readFileSync(GUIDE, "utf8").matchAll(/^```promql\n(.*?)^```$/gms)].map(
    ([, query = ""]) => query,
  ),
]);

interface Vector {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
  }[];
}

let shop: ScrapedShop | undefined;
beforeAll(async () => {
  if (findProgram("prometheus") !== undefined) shop = await openScrapedShop();
}, 30_000);
afterAll(() => shop?.close());

/** Asks until the answer is as it should be. */
async function askUntil(query: string, isRight: (answer: Vector["result"]) => boolean) {
  return vi.waitFor(async () => {
    const { data, error } = await shop!.prometheus.ask(`query?query=${encodeURIComponent(query)}`);
    expect(error).toBeUndefined();
    const { result } = data as Vector;
    expect([query, isRight(result)]).toEqual([query, true]);
    return result;
  }, PATIENCE);
}

describe("a real Prometheus", { timeout: 40_000 }, () => {
  test("scrapes the page in both formats, without a word of complaint", async (context) => {
    needProgram(context, "prometheus");
    await askUntil("sum by (job) (count_over_time(up[1m])) >= 3", (result) => result.length === 2);
    expect(await askUntil("up", (result) => result.length === 2)).toMatchObject([
      { value: [expect.anything(), "1"] },
      { value: [expect.anything(), "1"] },
    ]);
    const types = new Set(
      shop?.scrapes.map(({ accept, type }) => `${accept.split(";")[0]} ${type}`),
    );
    expect([...types].toSorted()).toEqual([
      `application/openmetrics-text ${CONTENT_TYPES.openmetrics}`,
      `text/plain ${CONTENT_TYPES.text}`,
    ]);
    expect([shop?.problems, shop?.prometheus.complaints()]).toEqual([[], []]);
  });

  test("sees the same series in both", async (context) => {
    needProgram(context, "prometheus");
    await askUntil('{__name__="mood"}', (result) => result.length === 2);
    const seriesOf = async (job: string): Promise<readonly string[]> => {
      const { data } = await shop!.prometheus.ask(`series?match[]={job="${job}"}`);
      return (data as readonly Readonly<Record<string, string>>[])
        .filter(({ __name__: name = "" }) => !/^(?:up|scrape_)/.test(name))
        .map((labels) => JSON.stringify({ ...labels, job: "", instance: "" }))
        .toSorted();
    };
    await vi.waitFor(async () => {
      const [openmetrics, text] = await Promise.all([seriesOf("openmetrics"), seriesOf("text")]);
      expect(openmetrics.length).toBeGreaterThan(300);
      expect(openmetrics).toEqual(text);
    }, PATIENCE);
  });

  test("learns units and types from OpenMetrics", async (context) => {
    needProgram(context, "prometheus");
    const metadataOf = async (metric: string) => {
      const { data } = await shop!.prometheus.ask(
        `targets/metadata?match_target={job="openmetrics"}&metric=${metric}`,
      );
      return (data as readonly object[])[0];
    };
    expect(await metadataOf("primitive_execution_duration_seconds")).toMatchObject({
      type: "histogram",
      unit: "seconds",
    });
    expect(await metadataOf("llm_cost_usd")).toMatchObject({ type: "counter", unit: "usd" });
    expect(await metadataOf("operation_duration_seconds")).toMatchObject({
      type: "histogram",
      unit: "seconds",
      help: "Operation execution time",
    });
    expect(await metadataOf("target")).toMatchObject({ type: "info" });
    expect(await metadataOf("customers")).toMatchObject({ type: "counter" });
  });

  test("finds the way from buckets and counters to traces", async (context) => {
    needProgram(context, "prometheus");
    for (const metric of [
      "primitive_execution_duration_seconds_bucket",
      "primitive_execution_count_total",
    ]) {
      await vi.waitFor(async () => {
        const now = Date.now() / 1000;
        const { data } = await shop!.prometheus.ask(
          `query_exemplars?query=${metric}{primitive_name="validate"}&start=${now - 60}&end=${now + 1}`,
        );
        const found = data as readonly {
          seriesLabels: { job: string };
          exemplars: readonly { labels: object; value: string }[];
        }[];
        expect(found.map(({ seriesLabels }) => seriesLabels.job)).toContain("openmetrics");
        expect(found.map(({ seriesLabels }) => seriesLabels.job)).not.toContain("text");
        expect(found[0]?.exemplars[0]).toMatchObject({
          labels: {
            trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
            span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
          },
          value: metric.endsWith("_total") ? "1" : expect.stringMatching(/^[0-9.e-]+$/),
        });
      }, PATIENCE);
    }
  });
});

describe("the queries of the guide", { timeout: 40_000 }, () => {
  test("are all that there were before the names changed", () => {
    expect([...queries]).toEqual(
      expect.arrayContaining([
        "primitive_execution_count",
        "histogram_quantile(0.95, primitive_execution_duration_bucket)",
        "primitive_connection_count",
        "sum by (llm_model_name) (llm_tokens_total)",
        "sum(rate(cache_hits[5m])) / sum(rate(cache_total[5m]))",
        "agent_workflows_active",
        "rate(operation_duration_seconds_sum[5m])",
        "histogram_quantile(0.95, operation_duration_seconds_bucket)",
        "rate(operation_errors_total[5m])",
        "sum(llm_cost_usd_total) by (model)",
      ]),
    );
  });

  test.for([...queries])("%s is answered with data", async (query, context) => {
    needProgram(context, "prometheus");
    const hasNumber = (result: Vector["result"]): boolean =>
      result.some(({ value }) => Number.isFinite(Number(value[1])));
    expect(await askUntil(query, hasNumber)).not.toEqual([]);
  });

  test("give the numbers that they promise", async (context) => {
    needProgram(context, "prometheus");
    const one = async (query: string): Promise<number> => {
      const [row] = await askUntil(query, (result) => result.length === 1);
      return Number(row?.value[1]);
    };
    const perRequest = tableOf("instead of").map(([, , query = ""]) => query)[1] ?? "";
    expect(await one(`max(${perRequest.replaceAll("_total", '_total{job="text"}')})`)).toBeCloseTo(
      CALL_NANO_USD / 1e9,
      6,
    );
    expect(
      await one(
        'sum(llm_tokens_total{job="text",llm_token_type="prompt"}) / sum(llm_requests_total{job="text"})',
      ),
    ).toBeCloseTo(30, 6);
    const median = await one(
      'histogram_quantile(0.5, operation_duration_seconds_bucket{job="openmetrics"})',
    );
    expect(median).toBeGreaterThan(0);
    expect(median).toBeLessThanOrEqual(5);
  });

  test("that cannot work do not: one is no PromQL, the other is never answered", async (context) => {
    needProgram(context, "prometheus");
    const [noPromQl = "", noMatch = ""] = tableOf("instead of").map(([query = ""]) => query);
    expect([noPromQl, noMatch]).toEqual([
      "rate(llm_tokens_total[1h]) by (model)",
      "llm_cost_usd_total / llm_requests_total",
    ]);
    await askUntil(
      "llm_cost_usd_total and on () llm_requests_total",
      (result) => result.length > 0,
    );
    const ask = (query: string) => shop!.prometheus.ask(`query?query=${encodeURIComponent(query)}`);
    expect((await ask(noPromQl)).error).toContain("parse error");
    expect((await ask(noMatch)).data).toMatchObject({ result: [] });
  });
});

describe("pages as nobody would write them", { timeout: 40_000 }, () => {
  test("are scraped all the same, in both formats", async (context) => {
    needProgram(context, "prometheus");
    const samples = fc.sample(oddParts, { numRuns: 60, seed: 42 });
    const pages = new Map<string, { readonly type: string; readonly page: string }>();
    for (const [index, parts] of samples.entries()) {
      for (const format of ["text", "openmetrics"] as const)
        pages.set(`/${format}/${index}`, {
          type: CONTENT_TYPES[format],
          page: await oddPage(parts, format),
        });
    }
    const server = createServer((request, response) => {
      const { type, page } = pages.get(request.url ?? "") ?? { type: "text/plain", page: "" };
      response.writeHead(200, { "content-type": type }).end(page);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const targets = [...pages.keys()].map(
      (path) =>
        `{ targets: ["127.0.0.1:${port}"], labels: { __metrics_path__: "${path}" , path: "${path}" } }`,
    );
    const prometheus = await startPrometheus(`
global: { scrape_interval: 500ms, scrape_timeout: 500ms }
scrape_configs: [{ job_name: odd, honor_labels: false, static_configs: [${targets.join(", ")}] }]
`);
    onTestFinished(async () => {
      await prometheus.stop();
      server.closeAllConnections();
      server.close();
    });
    interface Targets {
      readonly activeTargets: readonly {
        readonly health: string;
        readonly lastError: string;
        readonly scrapeUrl: string;
      }[];
    }
    await vi.waitFor(async () => {
      const { activeTargets } = (await prometheus.ask("targets?state=active")).data as Targets;
      expect(activeTargets).toHaveLength(pages.size);
      expect(activeTargets.map(({ health }) => health)).not.toContain("unknown");
      expect(activeTargets.filter(({ health }) => health !== "up")).toEqual([]);
    }, PATIENCE);
    expect(prometheus.complaints()).toEqual([]);
  });
});
