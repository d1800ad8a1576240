import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { ProblemReport } from "../problem.ts";
import type { MetricsServer, MetricsServerOptions } from "./server.ts";
import { startMetricsServer } from "./server.ts";

const PAGE = 'workflows_total{name="größe"} 1\n';
const started: MetricsServer[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) {
    const stopped = server.stop();
    server.abandon();
    await stopped;
  }
});

async function start(
  options: Partial<MetricsServerOptions> = {},
): Promise<MetricsServer & { readonly reports: readonly ProblemReport[] }> {
  const reports: ProblemReport[] = [];
  const server = startMetricsServer({
    host: "127.0.0.1",
    port: 0,
    endpoint: "/metrics",
    render: () => PAGE,
    report: (problem) => void reports.push(problem),
    ...options,
  });
  started.push(server);
  await server.ready;
  return { ...server, reports };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function ask(
  url: string | undefined,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const sent = request(url ?? "", { ...options, agent: false });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(Buffer.from(chunk));
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

describe("the metrics server", () => {
  test("gives the page, with its type and length", async () => {
    const server = await start();
    const { status, headers, body } = await ask(server.url());
    expect([status, body.toString()]).toEqual([200, PAGE]);
    expect(headers).toMatchObject({
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "content-length": String(Buffer.byteLength(PAGE)),
      vary: "accept, accept-encoding",
    });
    expect(headers["content-encoding"]).toBeUndefined();
  });

  test("gives the format that is asked for, and says which", async () => {
    const server = await start({ render: (format) => `# ${format}\n` });
    const types = {
      openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
      text: "text/plain; version=0.0.4; charset=utf-8",
    };
    for (const [format, type] of Object.entries(types)) {
      const { headers, body } = await ask(server.url(), { headers: { accept: type } });
      expect([headers["content-type"], body.toString()]).toEqual([type, `# ${format}\n`]);
    }
  });

  test.each([
    ["gzip", true],
    ["identity", false],
  ])("given accept-encoding %s, compresses: %s", async (accepted, zipped) => {
    const server = await start();
    const { headers, body } = await ask(server.url(), { headers: { "accept-encoding": accepted } });
    expect(headers["content-encoding"]).toBe(zipped ? "gzip" : undefined);
    expect((zipped ? gunzipSync(body) : body).toString()).toBe(PAGE);
  });

  test("answers HEAD with the headers alone", async () => {
    const server = await start();
    const { status, headers, body } = await ask(server.url(), { method: "HEAD" });
    expect([status, headers["content-length"], body.length]).toEqual([
      200,
      String(Buffer.byteLength(PAGE)),
      0,
    ]);
  });

  test("refuses any other method", async () => {
    const server = await start();
    const { status, headers } = await ask(server.url(), { method: "POST" });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("gives a hint on any other path, and takes a query on its own", async () => {
    const server = await start({ endpoint: "/internal/metrics" });
    const elsewhere = await ask(new URL("/metrics", server.url()).href);
    expect(elsewhere.status).toBe(404);
    expect(elsewhere.body.toString()).toContain("/internal/metrics");
    expect((await ask(`${server.url()}?name[]=x`)).status).toBe(200);
  });

  test("refuses a request under a foreign name, whatever it asks for", async () => {
    const server = await start();
    for (const path of ["/metrics", "/"]) {
      const url = new URL(path, server.url()).href;
      const { status, body } = await ask(url, { headers: { host: "rebound.example" } });
      expect(status).toBe(403);
      expect(body.toString()).toContain("localhost");
    }
    expect((await ask(server.url(), { headers: { host: "localhost:9464" } })).status).toBe(200);
  });

  test("writes one page for all who ask while it is being prepared", async () => {
    const gate = Promise.withResolvers<void>();
    let rendered = 0;
    let arrived = 0;
    const count = (): void => void arrived++;
    subscribe("http.server.request.start", count);
    onTestFinished(() => void unsubscribe("http.server.request.start", count));
    const server = await start({
      async render() {
        await gate.promise;
        return `n ${(rendered += 1)}\n`;
      },
    });
    const asked = Array.from({ length: 50 }, (_, index) =>
      ask(server.url(), { headers: { "accept-encoding": index % 2 === 0 ? "gzip" : "identity" } }),
    );
    await vi.waitFor(() => expect(arrived).toBe(50));
    gate.resolve();
    for (const { status, headers, body } of await Promise.all(asked)) {
      const page = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      expect([status, page.toString()]).toEqual([200, "n 1\n"]);
    }
    expect((await ask(server.url())).body.toString()).toBe("n 2\n");
  });

  test("survives a page that cannot be written, and reports it", async () => {
    const server = await start({
      render: () => {
        throw new Error("broken gauge");
      },
    });
    expect((await ask(server.url())).status).toBe(500);
    expect(server.reports).toMatchObject([
      { code: "metrics_failed", message: expect.stringContaining("broken gauge") },
    ]);
  });

  test("closes its port when stopped, after the answers that are under way", async () => {
    const server = await start();
    const url = server.url();
    const { port } = new URL(url ?? "");
    await server.stop();
    expect(server.url()).toBeUndefined();
    await expect(once(connect(Number(port), "127.0.0.1"), "connect")).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("breaks off what is still open when it is abandoned", async () => {
    const server = await start();
    const socket = connect(Number(new URL(server.url() ?? "").port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("GET /metrics HTTP/1.1\r\nhost: localhost\r\n");
    const broken = once(socket, "error");
    const stopped = server.stop();
    server.abandon();
    await stopped;
    expect(await broken).toMatchObject([{ code: "ECONNRESET" }]);
  });

  test("listens on IPv6, where its address has brackets", async () => {
    const server = await start({ host: "::1" });
    expect(server.url()).toMatch(/^http:\/\/\[::1\]:\d+\/metrics$/);
    expect((await ask(server.url())).status).toBe(200);
  });

  test("gives an address that can be opened when it listens on all", async () => {
    const server = await start({ host: "0.0.0.0" });
    expect(server.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect((await ask(server.url(), { headers: { host: "metrics.example" } })).status).toBe(200);
  });
});

describe("a port that cannot be opened", () => {
  test("is reported with what to do when another program has it", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const server = await start({ port });
    expect(server.url()).toBeUndefined();
    expect(server.reports).toMatchObject([
      { code: "metrics_port", message: expect.stringContaining("prometheus.port") },
    ]);
    await server.stop();
    other.close();
  });

  test("is reported when the address is not of this machine", async () => {
    const server = await start({ host: "192.0.2.1" });
    expect(server.reports).toMatchObject([
      { code: "metrics_port", message: expect.stringContaining("EADDRNOTAVAIL") },
    ]);
  });
});
