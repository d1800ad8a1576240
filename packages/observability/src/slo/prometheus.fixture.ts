import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProgram } from "./programs.fixture.ts";

/** What has to be installed for this. */
export const PROMETHEUS_PROGRAMS = ["prometheus", "promtool"] as const;
const [SERVER, TOOL] = PROMETHEUS_PROGRAMS;

/** A point of a series: epoch milliseconds and value. */
export type Point = readonly [atMs: number, value: number];

/** A Prometheus that holds what it was given, as if it had scraped it. */
export interface FilledPrometheus {
  /** Evaluates an expression at several moments; there is no point where it gives nothing. */
  readonly queryRange: (
    expression: string,
    range: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
  ) => Promise<readonly Point[]>;
  readonly stop: () => Promise<void>;
}

/** Starts a Prometheus on a free port with counters that were scraped in the past. */
export async function prometheusWith(
  counters: ReadonlyMap<string, readonly Point[]>,
): Promise<FilledPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), "slo-prometheus-"));
  const data = join(folder, "data");
  const page = join(folder, "page.txt");
  const config = join(folder, "prometheus.yml");
  mkdirSync(data);
  writeFileSync(config, "{}\n");
  writeFileSync(page, openMetrics(counters));
  execFileSync(TOOL, ["tsdb", "create-blocks-from", "openmetrics", "--quiet", page, data]);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startProgram(
    SERVER,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    async () => (await fetch(`${url}/-/ready`)).ok,
  );
  return {
    async queryRange(query, { fromMs, toMs, stepMs }) {
      const body = new URLSearchParams({
        query,
        start: String(fromMs / 1000),
        end: String(toMs / 1000),
        step: String(stepMs / 1000),
      });
      const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", body });
      const answer = (await response.json()) as {
        readonly error?: string;
        readonly data?: { readonly result: readonly { readonly values: [number, string][] }[] };
      };
      if (answer.data === undefined) throw new Error(`${query}: ${answer.error}`);
      return (answer.data.result[0]?.values ?? []).map(
        ([seconds, value]) => [Math.round(seconds * 1000), Number(value)] as const,
      );
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** @param counters By their text with labels, for example `slo_events_total{slo="s"}` */
function openMetrics(counters: ReadonlyMap<string, readonly Point[]>): string {
  const families = [...counters].map(([series, points]) => {
    const family = series.slice(0, series.indexOf("_total"));
    const lines = points.map(([atMs, value]) => `${series} ${value} ${atMs / 1000}\n`);
    return `# TYPE ${family} counter\n${lines.join("")}`;
  });
  return `${families.join("")}# EOF\n`;
}
