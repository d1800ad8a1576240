import { trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { createRegistry, slot } from "@tta-dev/primitives";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { createMetricsPage } from "./page.ts";
import type { RunningPrometheus } from "./programs.fixture.ts";
import { startPrometheus } from "./programs.fixture.ts";
import { startMetricsServer } from "./server.ts";
import { createShop } from "./shop.fixture.ts";

/** A shop that is open, and a Prometheus that scrapes it in both formats, as the jobs `openmetrics` and `text`. */
export interface ScrapedShop {
  readonly prometheus: RunningPrometheus;
  /** What was asked for, and what came, at each scrape. */
  readonly scrapes: readonly { readonly accept: string; readonly type: string }[];
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

const RULES = "packages/observability/prometheus/compat.rules.yml";

export async function openScrapedShop(): Promise<ScrapedShop> {
  const before = slot().registry;
  const registry = createRegistry();
  slot().registry = registry;
  trace.setGlobalTracerProvider(new TracerProvider());
  const problems: string[] = [];
  const shop = createShop();
  // If it cannot serve, that is to be seen at once, and not as numbers that never come.
  await shop.serve();
  const { render } = createMetricsPage({
    snapshot: () => registry.snapshot(),
    resource: () => ({ "service.name": "shop", "service.version": "1.0" }),
    instruments: shop.instruments,
    append: shop.append,
    report: ({ message }) => void problems.push(message),
    drop: (reason) => void problems.push(reason),
  });
  const server = startMetricsServer({
    host: "127.0.0.1",
    port: 0,
    endpoint: "/metrics",
    render,
    report: ({ message }) => void problems.push(message),
  });
  await server.ready;
  const scrapes: { accept: string; type: string }[] = [];
  const gates = await Promise.all(
    [undefined, "text/plain;version=0.0.4"].map((accept) =>
      openGate(server.url() ?? "", accept, scrapes),
    ),
  );
  const [openmetrics, text] = gates.map(({ port }) => port);
  const prometheus = await startPrometheus(`
global: { scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }
rule_files: ["${resolve(RULES)}"]
scrape_configs:
  - { job_name: openmetrics, static_configs: [{ targets: ["127.0.0.1:${openmetrics}"] }] }
  - { job_name: text, static_configs: [{ targets: ["127.0.0.1:${text}"] }] }
`);
  const day = setInterval(() => {
    shop.serve().catch((error: unknown) => problems.push(String(error)));
  }, 50);
  return {
    prometheus,
    scrapes,
    problems,
    async close() {
      clearInterval(day);
      await prometheus.stop();
      for (const { stop } of gates) stop();
      server.abandon();
      await server.stop();
      trace.disable();
      slot().registry = before;
    },
  };
}

/** Hands requests on to the page, on a port of its own; with `accept`, whatever they ask for. */
async function openGate(
  url: string,
  accept: string | undefined,
  scrapes: { accept: string; type: string }[],
): Promise<{ readonly port: number; readonly stop: () => void }> {
  const handOn = async (asked: string, response: ServerResponse): Promise<void> => {
    const page = await fetch(url, { headers: { accept: asked } });
    const type = page.headers.get("content-type") ?? "";
    scrapes.push({ accept: asked, type });
    response.writeHead(page.status, { "content-type": type }).end(await page.text());
  };
  const gate = createServer((request, response) => {
    handOn(accept ?? String(request.headers.accept), response).catch(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await new Promise((resolved) => gate.once("listening", resolved));
  return {
    port: (gate.address() as AddressInfo).port,
    stop() {
      gate.closeAllConnections();
      gate.close();
    },
  };
}
