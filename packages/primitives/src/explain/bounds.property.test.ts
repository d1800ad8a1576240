import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bound } from "./bound.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explanation.ts";
import {
  leafNames,
  play,
  showScript,
  showTree,
  treeOf,
  type Behaviour,
  type Outcome,
  type Script,
  type TreeSpec,
} from "./scripted-tree.fixture.ts";

/** As many trees, always the same ones; `TREES=1000` tries others. */
const { TREES } = process.env;
const RUNS = Number(TREES ?? 150);
const SEED = TREES === undefined ? { seed: 20_261_120 } : {};

const small = fc.constantFrom(0, 5, 20);

function trees(kinds: readonly TreeSpec["kind"][]): fc.Arbitrary<TreeSpec> {
  return fc.letrec<{ tree: TreeSpec }>((tie) => {
    const of = fc.array(tie("tree"), { minLength: 1, maxLength: 3, size: "max" });
    const all: Record<TreeSpec["kind"], fc.Arbitrary<TreeSpec>> = {
      leaf: fc.constant({ kind: "leaf" }),
      delay: fc.record({ kind: fc.constant("delay" as const), ms: small }),
      retry: fc.record({
        kind: fc.constant("retry" as const),
        of: tie("tree"),
        attempts: fc.integer({ min: 1, max: 3 }),
        backoff: fc.constantFrom("constant" as const, "linear" as const, "exponential" as const),
        delayMs: small,
        jitter: fc.constantFrom("none" as const, "full" as const),
        nested: fc.constantFrom("limit" as const, "multiply" as const),
      }),
      timeout: fc.record({
        kind: fc.constant("timeout" as const),
        of: tie("tree"),
        timeoutMs: fc.constantFrom(10, 50),
        graceMs: fc.constantFrom(0, 5),
      }),
      parallel: fc.record({
        kind: fc.constant("parallel" as const),
        of,
        concurrency: fc.integer({ min: 1, max: 3 }),
        graceMs: fc.constantFrom(0, 5),
        join: fc.constantFrom(0, -1, 1),
      }),
      loop: fc.record({
        kind: fc.constant("loop" as const),
        of: tie("tree"),
        maxIterations: fc.integer({ min: 1, max: 2 }),
      }),
      race: fc.record({ kind: fc.constant("race" as const), of, graceMs: fc.constantFrom(0, 5) }),
      fallback: fc.record({
        kind: fc.constant("fallback" as const),
        of: fc.array(tie("tree"), { minLength: 2, maxLength: 3, size: "max" }),
      }),
      sequential: fc.record({ kind: fc.constant("sequential" as const), of }),
      saga: fc.record({
        kind: fc.constant("saga" as const),
        of,
        steps: fc.integer({ min: 1, max: 2 }),
      }),
    };
    const composites = kinds.map((kind) => all[kind]);
    return {
      tree: fc.oneof(
        { maxDepth: 4, depthSize: "max", withCrossShrink: true },
        { arbitrary: all.leaf, weight: 1 },
        ...composites.map((arbitrary) => ({ arbitrary, weight: 1 })),
      ),
    };
  }).tree;
}

/** The same tree with a timeout around each leaf, so that there is a bound for its time. */
function limited(spec: TreeSpec): TreeSpec {
  if (spec.kind === "leaf") return { kind: "timeout", of: spec, timeoutMs: 10, graceMs: 5 };
  if (spec.kind === "delay") return spec;
  return {
    ...spec,
    of: Array.isArray(spec.of) ? spec.of.map(limited) : limited(spec.of as TreeSpec),
  } as TreeSpec;
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  takesMs: fc.constantFrom(0, 0, 3, 12, Infinity),
  ends: fc.constantFrom(
    "ok" as const,
    "fails" as const,
    "fails" as const,
    "fatally" as const,
    "unsure" as const,
  ),
  lingerMs: fc.constantFrom(0, 3, Infinity),
});

function scripts(tree: TreeSpec): fc.Arbitrary<Script> {
  const names = leafNames(tree);
  const moves = fc.array(behaviour, { minLength: 1, maxLength: 3, size: "max" });
  return fc
    .tuple(...names.map(() => moves))
    .map((all) => Object.fromEntries(names.map((name, index) => [name, all[index]!])));
}

/** What a run did beyond what was said to be possible. */
function excess(explanation: Explanation, outcome: Outcome): readonly string[] {
  const over = (what: string, did: number, bound: Bound): string[] =>
    bound.kind === "bounded" && did > bound.max + 1e-6 ? [`${what}: ${did} > ${bound.max}`] : [];
  return [
    ...over("calls", outcome.totalCalls, explanation.total.calls),
    ...over("waiting", outcome.waitingMs, explanation.total.waitingMs),
    ...over("time", outcome.totalMs, explanation.total.totalMs),
    ...explanation.leaves.flatMap(({ name, calls }) =>
      over(`calls of ${name}`, outcome.calls[name] ?? 0, calls),
    ),
  ];
}

describe("no run exceeds what explain says", () => {
  it("over random trees and faults", async () => {
    const tree = trees([
      "delay",
      "retry",
      "timeout",
      "parallel",
      "loop",
      "race",
      "fallback",
      "sequential",
      "saga",
    ]);
    const runs = tree.chain((spec) =>
      fc.tuple(fc.constant(spec), scripts(spec), fc.constantFrom(undefined, 30)),
    );
    await fc.assert(
      fc.asyncProperty(runs, fc.boolean(), async ([given, script, timeoutMs], isLimited) => {
        const spec = isLimited ? limited(given) : given;
        const options = timeoutMs === undefined ? {} : { timeoutMs };
        const explanation = explain(treeOf(spec), { ...options, retryAfterMs: 0 });
        const outcome = await play(spec, script, options);
        expect(excess(explanation, outcome), `${showTree(spec)}\n${showScript(script)}`).toEqual(
          [],
        );
      }),
      { numRuns: RUNS, ...SEED },
    );
  }, 120_000);
});

/** What a leaf may do to make the most of something, in the worst of runs. */
function temptations(limits: readonly number[]): readonly (readonly Behaviour[])[] {
  const fails: Behaviour = { takesMs: 0, ends: "fails", lingerMs: 0 };
  const ok: Behaviour = { takesMs: 0, ends: "ok", lingerMs: 0 };
  const deaf: Behaviour = { takesMs: Infinity, ends: "ok", lingerMs: Infinity };
  const late = limits.flatMap((takesMs): Behaviour[] => [
    { takesMs, ends: "fails", lingerMs: Infinity },
    { takesMs, ends: "ok", lingerMs: Infinity },
  ]);
  return [
    [fails],
    [ok],
    [deaf],
    ...late.map((one) => [one]),
    [fails, ok],
    [ok, fails],
    [fails, deaf],
  ];
}

function limitsIn(spec: TreeSpec): readonly number[] {
  const inner = "of" in spec ? [spec.of].flat().flatMap(limitsIn) : [];
  return spec.kind === "timeout" ? [spec.timeoutMs, spec.timeoutMs - 0.5, ...inner] : inner;
}

/** The most that any of the scripts made of something, and whether that is what was said to be possible. */
async function reaches(
  spec: TreeSpec,
  bound: Bound,
  made: (outcome: Outcome) => number,
): Promise<boolean> {
  if (bound.kind === "unbounded") return true;
  const names = leafNames(spec);
  const moves = temptations([...new Set(limitsIn(spec))].slice(0, 3));
  for (let number = 0; number < moves.length ** names.length; number++) {
    const script = Object.fromEntries(
      names.map((name, index) => [
        name,
        moves[Math.floor(number / moves.length ** index) % moves.length]!,
      ]),
    );
    if (made(await play(spec, script)) >= bound.max - 1e-6) return true;
  }
  return false;
}

describe("some run reaches what explain says", () => {
  const tree = trees(["retry", "fallback", "parallel", "timeout"]).filter(
    (spec) => leafNames(spec).length <= 3 && !JSON.stringify(spec).includes('"full"'),
  );

  it.each([
    ["calls", ({ total }: Explanation) => total.calls, ({ totalCalls }: Outcome) => totalCalls],
    ["time", ({ total }: Explanation) => total.totalMs, ({ totalMs }: Outcome) => totalMs],
  ] as const)(
    "in %s, for trees of retry, fallback, parallel and timeout",
    async (_what, said, made) => {
      await fc.assert(
        fc.asyncProperty(tree, fc.boolean(), async (given, isLimited) => {
          const spec = isLimited ? limited(given) : given;
          const bound = said(explain(treeOf(spec), { retryAfterMs: 0 }));
          expect(
            await reaches(spec, bound, made),
            `${showTree(spec)} never reaches ${JSON.stringify(bound)}`,
          ).toBe(true);
        }),
        { numRuns: Math.ceil(RUNS / 5), ...SEED },
      );
    },
    300_000,
  );
});
