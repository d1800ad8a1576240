import { propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workflow } from "./composition/workflow.ts";
import { createContext } from "./create-context.ts";
import { contextFromHeaders, remoteContext } from "./propagation.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${spanId}-01`;

const spanOf = (headers: Parameters<typeof contextFromHeaders>[0]) => {
  const { trace: remote } = contextFromHeaders(headers);
  return remote === undefined
    ? undefined
    : trace.getSpanContext(remoteContext(ROOT_CONTEXT, remote));
};

const baggageOf = (baggage: string | string[]): Record<string, string> => {
  const { trace: remote } = contextFromHeaders({ baggage });
  const entries = propagation
    .getBaggage(remoteContext(ROOT_CONTEXT, remote ?? {}))
    ?.getAllEntries();
  return Object.fromEntries(
    (entries ?? []).map(([key, { value, metadata }]) => [
      key,
      metadata === undefined ? value : `${value};${metadata.toString()}`,
    ]),
  );
};

describe("a traceparent", () => {
  it("becomes the remote parent", () => {
    expect(spanOf({ traceparent })).toMatchObject({
      traceId,
      spanId,
      traceFlags: 1,
      isRemote: true,
    });
  });

  it.each<[string, Parameters<typeof contextFromHeaders>[0]]>([
    ["a Headers object", new Headers({ traceparent })],
    ["Node's headers", { traceparent }],
    ["headers in another case", { TraceParent: traceparent }],
    ["a list of one", { traceparent: [traceparent] }],
    ["spaces around it", { traceparent: ` ${traceparent}\t` }],
  ])("is read from %s", (_from, headers) => {
    expect(spanOf(headers)).toMatchObject({ traceId, spanId });
  });

  it.each<[string, string, number]>([
    ["sampled", "01", 1],
    ["not sampled", "00", 0],
    ["with unknown flags, which are not passed on", "ff", 1],
    ["with unknown flags alone", "02", 0],
  ])("may be %s", (_what, flags, traceFlags) => {
    expect(spanOf({ traceparent: `00-${traceId}-${spanId}-${flags}` })).toMatchObject({
      traceFlags,
    });
  });

  it.each<[string, string]>([
    ["a later version", `01-${traceId}-${spanId}-01`],
    ["a later version with more fields", `cc-${traceId}-${spanId}-01-what-the-future-will-be-like`],
    ["a later version with an empty field", `cc-${traceId}-${spanId}-01-`],
  ])("may be of %s", (_what, header) => {
    expect(spanOf({ traceparent: header })).toMatchObject({ traceId, spanId, traceFlags: 1 });
  });

  it.each<[string, string | string[]]>([
    ["is empty", ""],
    ["is of version ff", `ff-${traceId}-${spanId}-01`],
    ["is of version 00 and has more fields", `${traceparent}-extra`],
    ["has an empty field more", `${traceparent}-`],
    ["has something after its flags", `cc-${traceId}-${spanId}-01.extra`],
    ["has a version of one digit", `0-${traceId}-${spanId}-01`],
    ["has no version", `${traceId}-${spanId}-01`],
    ["has a trace id of zeros", `00-${"0".repeat(32)}-${spanId}-01`],
    ["has a span id of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
    ["has a trace id in upper case", `00-${traceId.toUpperCase()}-${spanId}-01`],
    ["has a span id in upper case", `00-${traceId}-${spanId.toUpperCase()}-01`],
    ["has a version in upper case", `CC-${traceId}-${spanId}-01`],
    ["has a short trace id", `00-${traceId.slice(1)}-${spanId}-01`],
    ["has a long trace id", `00-${traceId}0-${spanId}-01`],
    ["has a short span id", `00-${traceId}-${spanId.slice(1)}-01`],
    ["has letters that are no digits", `00-${traceId.replace("0", "g")}-${spanId}-01`],
    ["has flags of one digit", `00-${traceId}-${spanId}-1`],
    ["has flags that are none", `00-${traceId}-${spanId}-.1`],
    ["has flags that are no digits", `00-${traceId}-${spanId}-zz`],
    ["has no flags", `00-${traceId}-${spanId}`],
    ["is there twice", [traceparent, traceparent]],
    ["is there twice, joined", `${traceparent}, ${traceparent}`],
    [
      "is of a later version and there twice, joined",
      `01${traceparent.slice(2)},01${traceparent.slice(2)}`,
    ],
  ])("is ignored when it %s", (_what, header) => {
    expect(contextFromHeaders({ traceparent: header })).toEqual({});
  });

  it("is ignored when two spellings of its name are there", () => {
    expect(contextFromHeaders({ traceparent, Traceparent: traceparent })).toEqual({});
  });
});

describe("a tracestate", () => {
  const stateOf = (tracestate: string | string[]) =>
    spanOf({ traceparent, tracestate })?.traceState?.serialize();

  it("is kept as it came", () => {
    expect(stateOf("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")).toBe(
      "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
    );
  });

  it("may come in pieces", () => {
    expect(stateOf(["rojo=1", "congo=2"])).toBe("rojo=1,congo=2");
    const headers = new Headers({ traceparent });
    headers.append("tracestate", "rojo=1");
    headers.append("tracestate", "congo=2");
    expect(spanOf(headers)?.traceState?.serialize()).toBe("rojo=1,congo=2");
  });

  it("loses what is malformed", () => {
    expect(stateOf("rojo=1,nonsense,=x,congo=2")).toBe("rojo=1,congo=2");
  });

  it("means nothing without a valid traceparent", () => {
    expect(contextFromHeaders({ tracestate: "rojo=1" })).toEqual({});
    expect(contextFromHeaders({ traceparent: "nonsense", tracestate: "rojo=1" })).toEqual({});
  });

  it("may be empty", () => {
    expect(spanOf({ traceparent, tracestate: "" })?.traceState).toBeUndefined();
  });
});

describe("baggage", () => {
  it("is read, its percent-encoding undone, its properties kept", () => {
    expect(baggageOf("userId=alice, serverNode=DF%2028,isProduction=false;ttl=5;secret")).toEqual({
      userId: "alice",
      serverNode: "DF 28",
      isProduction: "false;ttl=5;secret",
    });
  });

  it("may come in pieces", () => {
    expect(baggageOf(["a=1", "b=2"])).toEqual({ a: "1", b: "2" });
  });

  it.each<[string, string, Record<string, string>]>([
    ["a member without a value", "a=1,nonsense,b=2", { a: "1", b: "2" }],
    ["a member without a key", "=1,b=2", { b: "2" }],
    ["a key of spaces", "  =1,b=2", { b: "2" }],
    ["malformed percent-encoding", "a=%zz,b=%E0%A4%A,c=3", { c: "3" }],
    ["nothing but commas", ",,,", {}],
    ["an empty value", "a=", { a: "" }],
    ["a value with equals signs", "a=b=c", { a: "b=c" }],
    [
      "a key that is no plain one",
      "__proto__=1,constructor=2",
      { constructor: "2", ["__proto__"]: "1" },
    ],
  ])("with %s is read as far as it makes sense", (_what, header, expected) => {
    expect(new Map(Object.entries(baggageOf(header)))).toEqual(new Map(Object.entries(expected)));
  });

  it("of more than 180 members loses the rest", () => {
    const header = Array.from({ length: 200 }, (_, index) => `k${index}=v`).join(",");
    expect(Object.keys(baggageOf(header))).toHaveLength(180);
  });

  it("of more than 8,192 bytes loses the members that do not fit, whole", () => {
    const member = (index: number): string => `k${index}=${"v".repeat(1_000)}`;
    const entries = baggageOf(Array.from({ length: 12 }, (_, index) => member(index)).join(","));
    expect(Object.keys(entries)).toHaveLength(8);
    expect(new Set(Object.values(entries).map(({ length }) => length))).toEqual(new Set([1_000]));
    expect(baggageOf(`k=${"v".repeat(9_000)}`)).toEqual({});
    expect(Object.keys(baggageOf(`${member(0)},k=${"v".repeat(9_000)}`))).toEqual(["k0"]);
  });

  it("is read without a traceparent", () => {
    expect(contextFromHeaders({ baggage: "a=1" })).toEqual({ trace: { baggage: "a=1" } });
  });
});

describe("a correlation id", () => {
  it("is the run's", async () => {
    const headers = { "X-Correlation-Id": "req-1" };
    expect(contextFromHeaders(headers)).toEqual({ correlationId: "req-1" });
    const run = workflow("w", (_input: number, { correlationId }) => correlationId);
    expect(await run.execute(0, contextFromHeaders(headers))).toBe("req-1");
  });

  it("is none when it is empty", () => {
    expect(contextFromHeaders({ "x-correlation-id": "" })).toEqual({});
  });
});

describe("headers for a request to another service", () => {
  it("carry what came in, also without a tracer", async () => {
    const headers = {
      traceparent: `00-${traceId}-${spanId}-00`,
      tracestate: "rojo=1",
      baggage: "userId=alice,node=DF%2028;ttl=5",
      "x-correlation-id": "req-1",
    };
    expect(createContext(contextFromHeaders(headers)).toHeaders()).toEqual(headers);
    const run = workflow("w", (_input: number, context) => context.toHeaders());
    expect(await run.execute(0, contextFromHeaders(headers))).toEqual(headers);
  });

  it("are none where there is nothing to say", () => {
    expect(createContext().toHeaders()).toEqual({});
  });

  it.each(["a b", "a\r\nx-evil: 1", "ä", "", "\u0000"])(
    "leave out a correlation id that no header can hold: %j",
    (correlationId) => {
      expect(createContext({ correlationId }).toHeaders()).toEqual({});
    },
  );

  it("encode baggage", () => {
    const baggage = propagation.createBaggage({ "key one": { value: "ä, b;c=d" } });
    const encoded = encodeURIComponent("ä, b;c=d");
    const context = createContext({ trace: { baggage: `key%20one=${encoded}` } });
    expect(context.toHeaders()).toEqual({ baggage: `key%20one=${encoded}` });
    expect(baggage.getAllEntries()).toHaveLength(1);
  });
});

describe("whatever the headers hold", () => {
  const junk = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(traceparent, `${traceparent}-`, "00-0-0-0", "a=b;c", "%", "a=%", ",=;", "\n"),
    fc.stringMatching(/^[0-9a-f-]{50,60}$/),
  );
  const value = fc.oneof(junk, fc.array(junk, { maxLength: 3 }), fc.constant(undefined));
  const names = [
    "traceparent",
    "tracestate",
    "baggage",
    "x-correlation-id",
    "TRACEPARENT",
    "Baggage",
  ];

  it("nothing throws, neither when they are read nor in the run nor on the way out", async () => {
    const run = workflow("w", (_input: number, context) => context.toHeaders());
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), value), async (headers) => {
        const out = await run.execute(0, contextFromHeaders(headers));
        for (const [name, text] of Object.entries(out)) {
          expect(text).not.toBe("");
          expect(new Headers({ [name]: text }).get(name)).toBe(text);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("nothing throws for a value that is no string either", () => {
    const headers = { traceparent: 5, tracestate: {}, baggage: null, "x-correlation-id": true };
    expect(contextFromHeaders(headers as never)).toEqual({});
    expect(contextFromHeaders({ baggage: [5, "a=1", null] } as never)).toEqual({
      trace: { baggage: "a=1" },
    });
  });

  it("nothing throws for what is no headers at all", () => {
    for (const headers of [undefined, null, "traceparent", 5])
      expect(contextFromHeaders(headers as never)).toEqual({});
  });

  it("a remote trace that was made by hand is taken as far as it makes sense", () => {
    expect(createContext({ trace: { traceparent: "nonsense", baggage: "%" } }).toHeaders()).toEqual(
      {},
    );
  });
});
