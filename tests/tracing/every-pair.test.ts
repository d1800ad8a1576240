import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import {
  delay,
  llm,
  sequential,
  signal,
  step,
  waitFor,
  type WorkflowContext,
  type WorkflowGraph,
} from "@tta-dev/primitives";
import { describe, expect, it } from "vitest";
import { countingRuntime } from "../../packages/primitives/src/testing/counting-runtime.fixture.ts";
import { outers, type Any, type Leaf } from "./primitives.fixture.ts";
import { tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

/** What stands at the bottom, besides every primitive above around a plain function. */
const inners: Readonly<Record<string, (leaf: Leaf) => Any>> = {
  ...Object.fromEntries(
    Object.entries(outers).map(([name, make]) => [name, (leaf: Leaf) => make(step("leaf", leaf))]),
  ),
  step: (leaf) => step("leaf", leaf),
  llm: (leaf) => llm({ provider: "openai", model: "gpt-x", call: leaf }),
  delay: (leaf) => sequential(delay(0), leaf),
  waitFor: (leaf) => sequential(leaf, waitFor("answer")),
};

const outcomes = {
  success: async () => "value",
  failure: async () => {
    throw new Error("no");
  },
  abort: (_input: unknown, context: WorkflowContext) =>
    new Promise((_resolve, reject) => {
      context.signal.addEventListener("abort", () => reject(context.signal.reason as Error), {
        once: true,
      });
    }),
} satisfies Record<string, Leaf>;

/** Where something may stand in the tree: `path type`. */
function placesOf(graph: WorkflowGraph): string[] {
  return [
    `${graph.path} ${graph.type}`,
    ...graph.children.flatMap(({ graph: child }) => placesOf(child)),
  ];
}

/** The path without attempt, item and iteration numbers. */
function staticPath(path: unknown): string {
  return String(path).replaceAll(/(attempt|item|iteration)\.\d+/g, "$1");
}

describe.each(Object.keys(outers))("%s", (outer) => {
  it.each(Object.keys(inners))(
    "around %s: one root, every span ended once, nothing left, as described",
    async (inner) => {
      for (const [outcome, leaf] of Object.entries(outcomes)) {
        const tracing = start();
        const runtime = countingRuntime();
        const controller = new AbortController();
        const primitive = outers[outer]!(inners[inner]!(leaf));
        const run = primitive
          .execute("input", { workflowId: `run-${outcome}`, signal: controller.signal, runtime })
          .then(
            () => "resolved",
            () => "rejected",
          );
        if (outcome === "abort") {
          await turn();
          controller.abort("stop");
        }
        if (inner === "waitFor" && outcome === "success")
          for (let tries = 0; tries < 50; tries++) {
            signal("run-success", "answer", "yes");
            await turn();
          }
        const ended = await run;
        await turn();
        const spans = tracing.finishedSpans();
        const what = `${outer} around ${inner}, ${outcome}`;
        expect(
          spans.filter(({ parentSpanId }) => parentSpanId === undefined),
          what,
        ).toHaveLength(1);
        expect(new Set(spans.map(({ traceId }) => traceId)).size, what).toBe(1);
        expect(tracing.unbalancedSpans(), what).toEqual([]);
        expect(getEventListeners(controller.signal, "abort"), what).toEqual([]);
        expect(runtime.timersLeft, what).toBe(0);
        if (outcome === "abort") expect(ended, what).toBe("rejected");
        if (outcome === "success") expect(ended, what).toBe("resolved");
        if (outer !== "nested execute" && inner !== "nested execute") {
          const places = new Set(placesOf(primitive.describe()));
          const strangers = spans
            .map(
              ({ attributes }) =>
                `${staticPath(attributes["primitive.path"])} ${String(attributes["primitive.type"])}`,
            )
            .filter((place) => !places.has(place));
          expect(strangers, what).toEqual([]);
        }
        await tracing.shutdown();
      }
    },
  );
});
