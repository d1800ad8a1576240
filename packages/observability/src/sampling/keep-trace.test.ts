import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { sequential, workflow } from "@tta-dev/primitives";
import { afterEach, describe, expect, test } from "vitest";
import { keepTrace } from "./keep-trace.ts";
import { tailTest } from "./sampling.fixture.ts";

const manager = new AsyncLocalStorageContextManager().enable();

afterEach(() => {
  trace.disable();
  context.disable();
});

describe("a step that asks for its trace to be kept", () => {
  test("has it exported whole, and the others not", async () => {
    const { sink, provider } = tailTest({ ratio: 0 });
    context.setGlobalContextManager(manager);
    trace.setGlobalTracerProvider(provider);
    const marked: boolean[] = [];
    const refund = workflow(
      "refund",
      sequential(
        async (amountUsd: number) => {
          await Promise.resolve();
          if (amountUsd > 1000) marked.push(keepTrace());
          return amountUsd;
        },
        async (amountUsd: number) => amountUsd,
      ),
    );
    for (const amountUsd of [5, 5000, 50]) await refund.execute(amountUsd);

    expect(marked).toEqual([true]);
    expect(new Set(sink.spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(sink.names()).toEqual([
      "primitive.sequential.step_0",
      "primitive.sequential.step_1",
      "primitive.sequential.execute",
      "primitive.workflow.execute",
    ]);
    expect(sink.spans.at(-1)?.attributes).toMatchObject({
      "workflow.name": "refund",
      "sampling.reason": "marked",
    });
  });
});

describe("where nothing is recorded", () => {
  test("there is nothing to keep, without a span", () => {
    expect(keepTrace()).toBe(false);
  });

  test("there is nothing to keep, in a trace that the head has dropped or that is over", () => {
    for (const rate of [0, 1]) {
      const { start } = tailTest({}, { rate });
      const root = start("root");
      root.end();
      expect(keepTrace(trace.setSpan(ROOT_CONTEXT, root))).toBe(false);
    }
  });
});
