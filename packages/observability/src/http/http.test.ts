import { serve } from "@hono/node-server";
import type { Attributes } from "@opentelemetry/api";
import { context, diag, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { workflow } from "@tta-dev/primitives";
import express from "express";
import type { Context } from "hono";
import { Hono } from "hono";
import { routePath } from "hono/route";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { honoTracing } from "./hono.ts";
import { instrumentFetch } from "./instrument-fetch.ts";
import { expressTracing, traceRequests } from "./node-http.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const closing: (() => unknown)[] = [];

beforeEach(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
  exporter.reset();
  trace.disable();
  context.disable();
  propagation.disable();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function spans(count: number): Promise<readonly ReadableSpan[]> {
  await vi.waitFor(() => {
    expect(exporter.getFinishedSpans()).toHaveLength(count);
  });
  return exporter.getFinishedSpans();
}

const greet = workflow("greet", (name: string) => `Hello ${name}`);

describe("a request to node:http", () => {
  test("continues the caller's trace, and a workflow in it is below its span", async () => {
    const url = await listen(
      createServer(
        traceRequests(async (request, response) => {
          response.end(await greet.execute(request.method ?? ""));
        }),
      ),
    );
    const answer = await fetch(`${url}/orders/7?key=secret`, { headers: { traceparent } });
    expect(await answer.text()).toBe("Hello GET");
    const all = await spans(3);
    const server = all.find(({ kind }) => kind === SpanKind.SERVER)!;
    const run = all.find(({ name }) => name === "primitive.workflow.execute")!;
    expect(server.name).toBe("GET");
    expect(server.spanContext().traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(server.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(run.parentSpanContext?.spanId).toBe(server.spanContext().spanId);
    expect(server.attributes).toMatchObject({
      "http.request.method": "GET",
      "http.response.status_code": 200,
      "url.path": "/orders/7",
      "url.scheme": "http",
      "server.address": "127.0.0.1",
    });
    expect(JSON.stringify(server.attributes)).not.toContain("secret");
  });

  test.each<[number, Attributes, SpanStatusCode]>([
    [404, { "http.response.status_code": 404 }, SpanStatusCode.UNSET],
    [503, { "http.response.status_code": 503, "error.type": "503" }, SpanStatusCode.ERROR],
  ])("that is answered with %d", async (...[status, attributes, code]) => {
    const url = await listen(
      createServer(traceRequests((_request, response) => void response.writeHead(status).end())),
    );
    await fetch(url);
    const [span] = await spans(1);
    expect(span!.attributes).toMatchObject(attributes);
    expect(span!.status.code).toBe(code);
  });

  test("whose client goes away ends its span once, as an error", async () => {
    const arrived = Promise.withResolvers<void>();
    const url = await listen(
      createServer(
        traceRequests(() => {
          arrived.resolve();
        }),
      ),
    );
    const leaving = new AbortController();
    const asked = fetch(url, { signal: leaving.signal }).catch(() => undefined);
    await arrived.promise;
    leaving.abort();
    await asked;
    const [span] = await spans(1);
    expect(span!.status).toEqual({ code: SpanStatusCode.ERROR, message: "the client has gone" });
  });

  test("ends its span once, although its connection closes after the answer", async () => {
    const complain = vi.fn<(...words: unknown[]) => void>();
    const quiet = (): void => undefined;
    diag.setLogger({ error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet });
    closing.push(() => {
      diag.disable();
    });
    const closed = Promise.withResolvers<void>();
    const url = await listen(
      createServer(
        traceRequests((_request, response) => {
          response.once("close", closed.resolve);
          response.end();
        }),
      ),
    );
    await fetch(url);
    await closed.promise;
    const [span] = await spans(1);
    expect(span!.status.code).toBe(SpanStatusCode.UNSET);
    // The SDK complains of a span that is ended twice.
    expect(complain).not.toHaveBeenCalled();
  });

  test("with a method of its own invention does not name the span", async () => {
    const url = await listen(
      createServer(traceRequests((_request, response) => void response.end())),
    );
    await fetch(url, { method: "PURGE" });
    const [span] = await spans(1);
    expect(span!.name).toBe("HTTP");
    expect(span!.attributes).toMatchObject({
      "http.request.method": "_OTHER",
      "http.request.method_original": "PURGE",
    });
  });

  test("needs a function", () => {
    expect(() => traceRequests(undefined as never)).toThrow("traceRequests(listener) is undefined");
  });
});

describe("a request to Express", () => {
  test("is named by its route, mounted routers included", async () => {
    const app = express();
    app.use(expressTracing());
    const router = express.Router();
    router.get("/:id", (_request, response) => void response.send("ok"));
    app.use("/orders", router);
    const url = await listen(createServer(app));
    await fetch(`${url}/orders/7`, { headers: { traceparent } });
    const [span] = await spans(1);
    expect(span!.name).toBe("GET /orders/:id");
    expect(span!.attributes).toMatchObject({
      "http.route": "/orders/:id",
      "url.path": "/orders/7",
    });
    expect(span!.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
  });
});

describe("a request to Hono", () => {
  async function start(app: Hono): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => {
      resolve(port);
    });
    closing.push(() => server.close());
    return `http://127.0.0.1:${await promise}`;
  }

  test("continues the trace and is named by its route where it is told", async () => {
    const app = new Hono();
    app.use(honoTracing({ route: (inner: Context) => routePath(inner, -1) }));
    app.get("/orders/:id", async (inner) => inner.text(await greet.execute(inner.req.param("id"))));
    const answer = await fetch(`${await start(app)}/orders/7`, { headers: { traceparent } });
    expect(await answer.text()).toBe("Hello 7");
    const all = await spans(3);
    const server = all.find(({ kind }) => kind === SpanKind.SERVER)!;
    expect(server.name).toBe("GET /orders/:id");
    expect(server.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(all[0]!.spanContext().traceId).toBe(server.spanContext().traceId);
  });

  test("whose handler throws is an error", async () => {
    const app = new Hono();
    app.use(honoTracing());
    app.get("/", () => {
      throw new RangeError("too much");
    });
    app.onError((_error, inner) => inner.text("no", 500));
    await fetch(await start(app));
    const [span] = await spans(1);
    expect(span!.name).toBe("GET");
    expect(span!.attributes).toMatchObject({ "error.type": "RangeError" });
    expect(span!.status).toEqual({ code: SpanStatusCode.ERROR, message: "too much" });
  });
});

describe("an outgoing fetch", () => {
  test("has a client span below the active one, carries the trace, and hides the query", async () => {
    closing.push(instrumentFetch(provider));
    const seen: unknown[] = [];
    const url = await listen(
      createServer((request, response) => {
        seen.push(request.headers["traceparent"]);
        response.end("ok");
      }),
    );
    const tracer = trace.getTracer("test");
    await tracer.startActiveSpan("outer", async (outer) => {
      await (await fetch(`${url}/search?api_key=secret`)).text();
      outer.end();
    });
    const [client] = await spans(2);
    const { traceId, spanId } = client!.spanContext();
    expect(client!.kind).toBe(SpanKind.CLIENT);
    expect(seen).toEqual([`00-${traceId}-${spanId}-01`]);
    expect(JSON.stringify(client!.attributes)).not.toContain("secret");
    expect(client!.attributes["url.full"]).toBe(`${url}/search?REDACTED`);
  });

  test("carries the trace once where the program has written the headers itself", async () => {
    closing.push(instrumentFetch(provider));
    const { promise: sent, resolve } = Promise.withResolvers<readonly string[]>();
    const url = await listen(
      createServer((request, response) => {
        resolve(request.rawHeaders.map((text) => text.toLowerCase()));
        response.end("ok");
      }),
    );
    const call = workflow("call", async (_input: string, inner) => {
      await (await fetch(url, { headers: { ...inner.toHeaders(), "x-own": "1" } })).text();
    });
    await call.execute("");
    const names = (await sent).filter((_, index) => index % 2 === 0);
    expect(names.filter((name) => name === "traceparent")).toHaveLength(1);
    expect(names).toContain("x-own");
    const client = exporter.getFinishedSpans().find(({ kind }) => kind === SpanKind.CLIENT)!;
    const { traceId, spanId } = client.spanContext();
    expect(await sent).toContain(`00-${traceId}-${spanId}-01`);
  });

  test("outside of any trace makes none", async () => {
    closing.push(instrumentFetch(provider));
    const url = await listen(createServer((_request, response) => void response.end("ok")));
    await (await fetch(url)).text();
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  test("is left alone once it is ended", async () => {
    instrumentFetch(provider)();
    const url = await listen(createServer((_request, response) => void response.end("ok")));
    await trace.getTracer("test").startActiveSpan("outer", async (outer) => {
      await (await fetch(url)).text();
      outer.end();
    });
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["outer"]);
  });
});
