import { getEventListeners } from "node:events";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { step, workflow } from "@tta-dev/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countingRuntime } from "../../packages/primitives/src/testing/counting-runtime.fixture.ts";
import { outers, type Any, type Leaf } from "./primitives.fixture.ts";
import { tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

/** What a leaf may do. Which of them it does is drawn anew for each call. */
const behaviours: Readonly<Record<string, Leaf>> = {
  success: async () => "value",
  "sync success": () => "value",
  throw: async () => {
    throw new Error("no");
  },
  "sync throw": () => {
    throw new TypeError("no, at once");
  },
  undefined: () => Promise.reject(undefined),
  slow: async () => {
    await sleep(2);
    return "late";
  },
  hang: (_input, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    }),
  "early break": async () => stream(),
};

async function* stream(): AsyncGenerator<string> {
  yield "a";
  yield "b";
}

type Shape = { readonly outer: string; readonly child: Shape | undefined };

const shape: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.record({
    outer: fc.constantFrom(...Object.keys(outers).filter((name) => name !== "workflow")),
    child: fc.option(tie("shape"), { nil: undefined, depthSize: "small", maxDepth: 2 }),
  }),
})).shape;

function build({ outer, child }: Shape, leaf: Leaf): Any {
  return outers[outer]!(child === undefined ? step("leaf", leaf) : build(child, leaf));
}

/** Takes one value of whatever streams a result holds, then breaks off. */
async function breakOff(value: unknown): Promise<void> {
  if (typeof value !== "object" || value === null) return;
  if (Symbol.asyncIterator in value) {
    for await (const first of value as AsyncIterable<unknown>) if (first !== undefined) break;
    return;
  }
  for (const inner of Object.values(value)) await breakOff(inner);
}

describe("under random faults", () => {
  it("every span ends exactly once, under one root, and nothing is left", async () => {
    const tracing = start();
    const faults = fc.array(fc.constantFrom(...Object.keys(behaviours)), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        shape,
        faults,
        fc.constantFrom("none", "abort", "deadline"),
        async (tree, script, stop) => {
          tracing.reset();
          const runtime = countingRuntime();
          const controller = new AbortController();
          let calls = 0;
          const primitive = workflow(
            "w",
            build(tree, (input, context) =>
              behaviours[script[calls++ % script.length]!]!(input, context),
            ),
          );
          const run = primitive
            .execute("input", {
              runtime,
              signal: controller.signal,
              ...(stop === "deadline" && { timeoutMs: 4 }),
            })
            .then(breakOff, () => undefined);
          if (stop === "abort") {
            await turn();
            controller.abort("stop");
          }
          // A hanging leaf is only stopped from outside.
          const rescue = setTimeout(() => controller.abort("rescue"), 10);
          await run;
          clearTimeout(rescue);
          // What a deadline left behind ends in its own time.
          await sleep(4);
          const spans = tracing.finishedSpans();
          expect(tracing.unbalancedSpans()).toEqual([]);
          expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
          expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
          expect(runtime.timersLeft).toBe(0);
          expect(getEventListeners(controller.signal, "abort")).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
