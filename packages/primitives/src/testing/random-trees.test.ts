import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Any } from "./every-primitive.fixture.ts";
import { viewOf } from "./outcome-view.ts";
import { COMPOSITES, LEAVES, treeOf, type TreeSpec } from "./random-tree.fixture.ts";
import { rehearse, type RehearsalReport } from "./rehearse.ts";
import { virtualRuntime } from "./virtual-runtime.ts";

// TREES=1000 looks at other trees each time.
const asked = process.env["TREES"];
const runs = asked === undefined ? { numRuns: 40, seed: 20_260_101 } : { numRuns: Number(asked) };
const workflowId = "rehearsal";
const reason = Object.assign(new Error("stop"), { code: "STOP" });

async function inProcess(spec: TreeSpec): Promise<string> {
  const [outcome] = await Promise.allSettled([
    treeOf(spec, { waits: false }).execute("input", { workflowId }),
  ]);
  return viewOf(outcome);
}

async function inVirtualTime(spec: TreeSpec, waits: boolean, abortMs?: number): Promise<string> {
  const virtual = virtualRuntime();
  const controller = new AbortController();
  const init = { workflowId, signal: controller.signal, runtime: virtual };
  const run = Promise.allSettled([treeOf(spec, { waits }).execute("input", init)]);
  if (abortMs !== undefined) {
    await virtual.advance(abortMs);
    controller.abort(reason);
  }
  const [outcome] = await virtual.run(() => run);
  return viewOf(outcome);
}

function endingOf(report: RehearsalReport<unknown>): string {
  return "error" in report
    ? viewOf({ status: "rejected", reason: report.error })
    : viewOf({ status: "fulfilled", value: report.result });
}

// In the process concurrent callers of a cache share one load; where steps are journaled each has its own. And which of two
// branches is first at one moment (one fails, one is let into a bulkhead) is a matter of microtasks.
const comparable = ["cache", "bulkhead", "fail at once"];

describe("random trees of primitives", () => {
  it("end alike in the process and in virtual time", async () => {
    const specs = treeSpecs(["delay", "own", "rate", "circuit", "hedge", "retry", "timeout"]);
    await fc.assert(
      fc.asyncProperty(specs, async (spec) => {
        expect(await inVirtualTime(spec, false)).toBe(await inProcess(spec));
      }),
      runs,
    );
  });

  it("end alike in virtual time and in every rehearsal", async () => {
    await fc.assert(
      fc.asyncProperty(treeSpecs(comparable), async (spec) => {
        const report = await rehearse(() => treeOf(spec, { waits: true }), "input", {
          maxReplays: 12,
        });
        expect(report.problems).toEqual([]);
        expect(endingOf(report)).toBe(await inVirtualTime(spec, true));
      }),
      runs,
    );
  }, 60_000);

  it("end alike when they are aborted", async () => {
    await fc.assert(
      fc.asyncProperty(
        treeSpecs(comparable),
        fc.integer({ min: 0, max: 80 }),
        async (spec, abortMs) => {
          const report = await rehearse(() => treeOf(spec, { waits: true }), "input", {
            maxReplays: 12,
            abort: { afterMs: abortMs + 0.137, reason },
          });
          expect(report.problems).toEqual([]);
          expect(endingOf(report)).toBe(await inVirtualTime(spec, true, abortMs + 0.137));
        },
      ),
      runs,
    );
  }, 60_000);

  it("recover from every loss, in whatever order things happen at one moment", async () => {
    await fc.assert(
      fc.asyncProperty(treeSpecs(), fc.nat(), async (spec, shuffle) => {
        const tree = (): Any => treeOf(spec, { waits: true });
        const { problems } = await rehearse(tree, "input", { maxReplays: 6, shuffle });
        expect(problems).toEqual([]);
      }),
      runs,
    );
  }, 60_000);

  it("recover from every loss when the next process runs the steps that are left", async () => {
    // It does not know what the lost one had in its memory.
    const forgetful = treeSpecs(["cache", "circuit", "rate", "bulkhead", "fail at once"]);
    await fc.assert(
      fc.asyncProperty(forgetful, async (spec) => {
        const tree = (): Any => treeOf(spec, { waits: true });
        const { problems } = await rehearse(tree, "input", { maxReplays: 6, rerunSteps: true });
        expect(problems).toEqual([]);
      }),
      runs,
    );
  }, 60_000);
});

/** Trees of depth 4 at most. */
function treeSpecs(without: readonly string[] = []): fc.Arbitrary<TreeSpec> {
  const composites = Object.keys(COMPOSITES).filter((kind) => !without.includes(kind));
  const leaves = LEAVES.filter((kind) => !without.includes(kind));
  const dial = fc.nat({ max: 99 });
  const leaf = fc.record({
    kind: fc.constantFrom(...leaves),
    dial,
    children: fc.constant([]),
  });
  const { tree } = fc.letrec<{ tree: TreeSpec }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 1, arbitrary: leaf },
      {
        weight: 4,
        arbitrary: fc.constantFrom(...composites).chain((kind) => {
          const { children } = COMPOSITES[kind]!;
          return fc.record({
            kind: fc.constant(kind),
            dial,
            children: fc.array(tie("tree"), { minLength: children, maxLength: children }),
          });
        }),
      },
    ),
  }));
  return tree;
}
