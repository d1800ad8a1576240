import { createTestTracing } from "#sdk";
import { afterEach } from "vitest";
import type { FinishedSpan, TestTracing, TestTracingOptions } from "./test-tracing.ts";

/** Gives each test tracing of its own and gives the API's globals back after it. */
export function tracingPerTest(): (options?: TestTracingOptions) => TestTracing {
  let tracing: TestTracing | undefined;
  afterEach(async () => {
    await tracing?.shutdown();
    tracing = undefined;
  });
  return (options) => (tracing = createTestTracing(options));
}

/** Draws finished spans as an indented tree of names, in the order in which they started. */
export function drawTree(
  spans: readonly FinishedSpan[],
  label = (span: FinishedSpan): string => span.name,
): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const draw = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanId }) =>
        parent === undefined
          ? parentSpanId === undefined || !known.has(parentSpanId)
          : parentSpanId === parent,
      )
      .toSorted((one, other) => one.startMs - other.startMs)
      .flatMap((span) => [`${"  ".repeat(depth)}${label(span)}`, ...draw(span.spanId, depth + 1)]);
  return draw(undefined, 0).join("\n");
}
