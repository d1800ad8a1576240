import type { Attributes } from "@opentelemetry/api";
import { AlwaysOnSampler } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { spanSink, startWith } from "./sampling.fixture.ts";
import { estimateBytes } from "./span-size.ts";

function sizeOf(attributes: Attributes, events = 0): number {
  const sink = spanSink();
  const span = startWith(new AlwaysOnSampler(), sink)("span", { attributes });
  for (let index = 0; index < events; index++) span.addEvent("event", { text: "x".repeat(100) });
  span.addLink({ context: span.spanContext(), attributes: { why: "y".repeat(50) } });
  span.end();
  return estimateBytes(sink.spans[0]!);
}

describe("the estimated size of a span", () => {
  const bare = sizeOf({});

  test("grows with the texts in it", () => {
    expect(sizeOf({ text: "x".repeat(1000) }) - bare).toBeGreaterThan(1000);
    expect(sizeOf({ texts: ["x".repeat(1000), "y".repeat(1000)] }) - bare).toBeGreaterThan(2000);
    expect(sizeOf({ number: 5, flag: true }) - bare).toBeLessThan(100);
  });

  test("grows with its events", () => {
    expect(sizeOf({}, 10) - bare).toBeGreaterThan(10 * 300);
  });

  test("is found also for what nests without end", () => {
    interface Nested {
      inner: Nested | undefined;
    }
    const endless: Nested = { inner: undefined };
    endless.inner = endless;
    const sink = spanSink();
    startWith(new AlwaysOnSampler(), sink)("span").end();
    const [span] = sink.spans;
    const odd = { ...span!, attributes: { endless } as unknown as Attributes };
    expect(estimateBytes(odd)).toBeGreaterThan(bare - 1000);
  });
});
