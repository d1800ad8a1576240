import { trace } from "@opentelemetry/api";
import {
  createRedactor,
  getLogger,
  getMeter,
  getTracer,
  traceRequests,
} from "@tta-dev/observability";
import { contextFromHeaders, observe, slot, step, workflow } from "@tta-dev/primitives";
import fc from "fast-check";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { parsePage } from "../../packages/observability/src/prometheus/page-parser.fixture.ts";
import { afterwards, forgetSdk, initialize, pageOf, startSink } from "./initialized.fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 60);

const name = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "__other__",
    "target",
    "up",
    "le",
    "a b",
    'a"b',
    "a\\nb",
    "a\nb",
    "# HELP x",
    "\u2028",
    "\ud800",
    "é",
    "primitive.execution.count",
    "primitive_execution_count",
    "x".repeat(5000),
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
);
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e308),
);

/** As the primitives take it: not empty, and of 200 characters at most. */
function fitting(given: string): string {
  const short = given.slice(0, 200);
  return short.trim() === "" ? "x" : short;
}

describe("names and values", () => {
  test("of any kind break no page and no request", async () => {
    const sinks = await Promise.all([startSink("http/protobuf"), startSink("http/json")]);
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          names: fc.tuple(name, name, name, name, name),
          values: fc.tuple(anyNumber, anyNumber),
          field: fc.anything(),
          unit: fc.string({ maxLength: 8 }),
          json: fc.boolean(),
        }),
        async ({ names: [a, b, c, d, e], values: [x, y], field, unit, json }) => {
          const sink = sinks[json ? 1 : 0];
          const observability = initialize({
            otlpEndpoint: sink.url,
            otlpProtocol: json ? "http/json" : "http/protobuf",
            serviceName: fitting(a),
            baggageKeys: [b],
            logLevel: "trace",
          });
          class Odd extends Error {
            override readonly name = b;
          }
          const flow = workflow(
            fitting(a),
            step(fitting(c), (_input: unknown, context) => {
              context.score(fitting(d), Number.isFinite(x) ? x : 0);
              trace.getActiveSpan()?.setAttribute(d, field);
              getLogger(e).info(a, { [b]: field, [c]: x });
              throw new Odd(e);
            }),
          );
          await flow
            .execute("x", { agentType: b, correlationId: c, userId: d, tags: { [e]: a } })
            .catch(() => undefined);
          await observe(() => 1, { name: "odd", type: "custom", attributes: { [d]: e } }).execute(
            0,
          );
          getTracer(a, b)
            .startSpan(c, { attributes: { [d]: field } })
            .end();
          const meter = getMeter(b);
          meter.createCounter(c, { unit, description: d }).add(x, { [e]: a });
          meter.createHistogram(d, { unit }).record(y, { [a]: b });
          meter.createGauge(e, { unit }).record(x, { [b]: field as string });
          const { registry } = slot();
          registry.counter("retry.attempts").bind({ primitive_name: e, reason: d }).add(x);
          registry.gauge("circuit_breaker.state").bind({ primitive_name: d }).set(y);
          registry.histogram("wait.duration").bind({ primitive_name: c }).record(x);

          parsePage(await pageOf(observability), "text");
          parsePage(await pageOf(observability, "application/openmetrics-text"), "openmetrics");
          await observability.forceFlush();
          expect(sink.faults).toEqual([]);
          expect(sink.requests.length).toBeGreaterThan(0);
          await observability.shutdown();
          forgetSdk();
        },
      ),
      { numRuns: RUNS },
    );
    written.mockRestore();
  });

  test("of any length are redacted in bounded time", () => {
    const redactor = createRedactor();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 5000 }), (long) => {
        expect(typeof redactor.text(long.repeat(20))).toBe("string");
      }),
    );
  });
});

const headerValue = fc.oneof(
  fc.constantFrom(
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
    "",
    "a=1,b=2;c=3",
    "a=%zz,=,;",
    "__proto__=1",
    `a=${"x".repeat(1500)}`,
    Array.from({ length: 200 }, (_, index) => `k${index}=v`).join(),
    "ot=th:zz;rv:",
    "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-d",
  ),
  // What may stand in a header; Node refuses the rest.
  fc.string({
    unit: fc
      .integer({ min: 32, max: 255 })
      .filter((code) => code !== 127)
      .map((code) => String.fromCodePoint(code)),
  }),
);
const TRACE_HEADERS = ["traceparent", "tracestate", "baggage", "b3", "x-b3-traceid", "host"];
const headers = fc.dictionary(fc.constantFrom(...TRACE_HEADERS), headerValue);

describe("trace headers", () => {
  test("of any kind are taken or left, and the request is answered", async () => {
    initialize({ propagators: ["tracecontext", "baggage", "b3", "b3multi"], baggageKeys: ["a"] });
    const greet = workflow("greet", (who: string) => `Hello ${who}`);
    const server = createServer(
      traceRequests(async (_request, response) => {
        response.end(await greet.execute("you"));
      }),
    );
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    afterwards(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    await fc.assert(
      fc.asyncProperty(headers, fc.constantFrom("GET", "QUERY", "PUT"), async (given, method) => {
        const lines = Object.entries({ host: "x", ...given }).map((pair) => pair.join(": "));
        const socket = connect(port, "127.0.0.1");
        socket.write(
          Buffer.from(
            `${[`${method} /a?b HTTP/1.1`, ...lines, "connection: close"].join("\r\n")}\r\n\r\n`,
            "latin1",
          ),
        );
        expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [^]*Hello you/);
        const context = contextFromHeaders(given);
        expect(await greet.execute("you", context)).toBe("Hello you");
      }),
      { numRuns: 4 * RUNS },
    );
  });
});
