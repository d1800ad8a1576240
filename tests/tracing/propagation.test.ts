import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { contextFromHeaders, sequential, slot, workflow } from "@tta-dev/primitives";
import { afterEach, describe, expect, it } from "vitest";
import { tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();
afterEach(() => {
  slot().baggageKeys = [];
});

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const sampled = `00-${traceId}-${spanId}-01`;

const calling = workflow(
  "w",
  sequential((_input: number, inner) => inner.toHeaders()),
);

describe("a run whose caller is elsewhere", () => {
  it("continues the caller's trace below the caller's span", async () => {
    const { finishedSpans } = start();
    await calling.execute(0, contextFromHeaders({ traceparent: sampled }));
    const root = finishedSpans().at(-1)!;
    expect(root).toMatchObject({
      name: "primitive.workflow.execute",
      traceId,
      parentSpanId: spanId,
    });
    expect(new Set(finishedSpans().map((span) => span.traceId))).toEqual(new Set([traceId]));
  });

  it("goes by the caller's decision where the sampler does", async () => {
    const { finishedSpans } = start({ sampler: "parentbased_always_on" });
    const headers = await calling.execute(
      0,
      contextFromHeaders({ traceparent: sampled.replace(/01$/, "00") }),
    );
    expect(finishedSpans()).toEqual([]);
    expect(headers["traceparent"]).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  });

  it.each([
    `ff-${traceId}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    "nonsense",
  ])("begins a trace of its own where the header is malformed: %s", async (traceparent) => {
    const { finishedSpans } = start();
    await calling.execute(0, contextFromHeaders({ traceparent, tracestate: "rojo=1" }));
    const root = finishedSpans().at(-1)!;
    expect(root.parentSpanId).toBeUndefined();
    expect(root.traceId).not.toBe(traceId);
  });

  it("begins a trace of its own below a header that is taken from nobody, although a span is active", async () => {
    const { finishedSpans } = start();
    await trace.getTracer("user").startActiveSpan("request", async (span) => {
      await calling.execute(0, contextFromHeaders({ traceparent: sampled }));
      span.end();
    });
    const root = finishedSpans().find(({ name }) => name === "primitive.workflow.execute")!;
    expect(root).toMatchObject({ traceId, parentSpanId: spanId });
  });
});

describe("a request that a step makes", () => {
  it("carries the step's own span", async () => {
    const { finishedSpans } = start();
    const { traceparent } = await calling.execute(0);
    const own = finishedSpans().find(({ name }) => name === "primitive.sequential.step_0")!;
    expect(traceparent).toBe(`00-${own.traceId}-${own.spanId}-01`);
  });

  it("carries the span that the step's code has made active", async () => {
    const { finishedSpans } = start();
    const run = workflow("w", (_input: number, inner) =>
      trace.getTracer("user").startActiveSpan("request", (span) => {
        const headers = inner.toHeaders();
        span.end();
        return headers;
      }),
    );
    const { traceparent } = await run.execute(0);
    const own = finishedSpans().find(({ name }) => name === "request")!;
    expect(traceparent).toBe(`00-${own.traceId}-${own.spanId}-01`);
  });

  it("carries tracestate, baggage and correlation id of the caller", async () => {
    start();
    const headers = {
      traceparent: sampled,
      tracestate: "rojo=1,congo=2",
      baggage: "tenant=acme;ttl=5",
      "x-correlation-id": "c",
    };
    const { traceparent, ...rest } = await calling.execute(0, contextFromHeaders(headers));
    expect(traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(rest).toEqual({
      tracestate: "rojo=1,congo=2",
      baggage: "tenant=acme;ttl=5",
      "x-correlation-id": "c",
    });
  });

  it("carries baggage that the step's code has added", async () => {
    start();
    const run = workflow("w", (_input: number, inner) => {
      const more = propagation.createBaggage({ "a key": { value: "a, value" } });
      return context.with(propagation.setBaggage(context.active(), more), () => inner.toHeaders());
    });
    expect((await run.execute(0))["baggage"]).toBe("a%20key=a%2C%20value");
  });

  it("continues in the service it goes to: one trace through two processes", async () => {
    const { finishedSpans } = start();
    const service = workflow("service", () => 1);
    const client = workflow("client", async (_input: number, inner) =>
      context.with(ROOT_CONTEXT, () => service.execute(0, contextFromHeaders(inner.toHeaders()))),
    );
    await client.execute(0);
    expect(new Set(finishedSpans().map((span) => span.traceId)).size).toBe(1);
  });
});

describe("baggage on a root span", () => {
  it("are the keys that were allowed, and no others", async () => {
    const { finishedSpans } = start();
    slot().baggageKeys = ["tenant", "plan", "absent"];
    await calling.execute(0, contextFromHeaders({ baggage: "tenant=acme,plan=,secret=x" }));
    const marked = finishedSpans().flatMap(({ name, attributes }) =>
      Object.entries(attributes)
        .filter(([key]) => key.startsWith("baggage."))
        .map(([key, value]) => [name, key, value]),
    );
    expect(marked).toEqual([["primitive.workflow.execute", "baggage.tenant", "acme"]]);
  });
});
