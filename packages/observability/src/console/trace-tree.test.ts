import { ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Context } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import type { Paint } from "./trace-tree.ts";
import { formatDuration, formatTrace } from "./trace-tree.ts";

const plain: Paint = (_style, text) => text;

interface Sketch {
  readonly name: string;
  readonly ms: readonly [start: number, end: number];
  readonly attributes?: Attributes;
  readonly error?: string;
  readonly children?: readonly Sketch[];
}

/** The spans of a trace, in the order in which they ended. */
async function record(root: Sketch): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer("test");
  const draw = (sketch: Sketch, parent: Context): void => {
    const options = {
      startTime: [1000, sketch.ms[0] * 1e6] as [number, number],
      ...(sketch.attributes && { attributes: sketch.attributes }),
    };
    const span = tracer.startSpan(sketch.name, options, parent);
    for (const child of sketch.children ?? []) draw(child, trace.setSpan(parent, span));
    if (sketch.error !== undefined)
      span.setStatus({ code: SpanStatusCode.ERROR, message: sketch.error });
    span.end([1000, sketch.ms[1] * 1e6]);
  };
  draw(root, ROOT_CONTEXT);
  await provider.forceFlush();
  return exporter.getFinishedSpans();
}

describe("a trace as a tree", () => {
  test("shows durations, names, and what each span did", async () => {
    const spans = await record({
      name: "primitive.workflow.execute",
      ms: [0, 120],
      attributes: { "primitive.name": "answer" },
      children: [
        {
          name: "primitive.retry.execute",
          ms: [50, 110],
          children: [
            {
              name: "primitive.retry.attempt",
              ms: [50, 60],
              attributes: { "retry.attempt": 1, "error.type": "Busy" },
              error: "come back",
            },
            {
              name: "primitive.retry.attempt",
              ms: [70, 110],
              attributes: { "retry.attempt": 2, "cache.kind": "miss" },
            },
          ],
        },
        {
          name: "primitive.sequential.step_0",
          ms: [0, 50],
          attributes: { "step.name": "validate" },
        },
      ],
    });
    expect(formatTrace(spans, plain).split("\n")).toEqual([
      "   120 ms  primitive.workflow.execute answer",
      "  50.0 ms  ├─ primitive.sequential.step_0 validate",
      "  60.0 ms  └─ primitive.retry.execute",
      "  10.0 ms     ├─ primitive.retry.attempt attempt 1 Busy: come back",
      "  40.0 ms     └─ primitive.retry.attempt attempt 2 · cache miss",
    ]);
  });

  test("names an ending that is neither success nor error", async () => {
    const spans = await record({
      name: "work",
      ms: [0, 1],
      attributes: { "execution.status": "cancelled" },
    });
    expect(formatTrace(spans, plain)).toMatch(/work cancelled$/);
  });

  test("puts a span whose parent is missing at the top", async () => {
    const spans = await record({
      name: "lost",
      ms: [0, 1],
      children: [{ name: "found", ms: [0, 1] }],
    });
    expect(formatTrace(spans.slice(0, 1), plain)).toBe("  1.00 ms  found");
  });

  test("lets foreign text neither drive the terminal nor break the line", async () => {
    const spans = await record({
      name: "\u001B[2Jwork\r\n",
      ms: [0, 1],
      attributes: { "step.name": "\u001B]0;title\u0007a\tb" },
      error: "x".repeat(500),
    });
    const text = formatTrace(spans, plain);
    expect(text).not.toMatch(/\p{Cc}/u);
    expect(text.length).toBeLessThan(300);
  });

  test("colours by its painter", async () => {
    const spans = await record({ name: "work", ms: [0, 1], error: "broken" });
    expect(formatTrace(spans, (style, text) => `<${style}>${text}</>`)).toBe(
      "<dim>  1.00 ms</>  <dim></><bold>work</> <red>error: broken</>",
    );
  });
});

describe("a duration", () => {
  test.each([
    [[0, 850_400], "850 µs"],
    [[0, 1_234_000], "1.23 ms"],
    [[0, 12_345_000], "12.3 ms"],
    [[0, 999_400_000], "999 ms"],
    [[1, 240_000_000], "1.24 s"],
    [[59, 0], "59.0 s"],
    [[125, 0], "2 m 05 s"],
  ] as const)("%j is %s", ([seconds, nanos], text) => {
    expect(formatDuration([seconds, nanos])).toBe(text);
  });
});
