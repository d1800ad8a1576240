import { cache } from "../cache/cache.ts";
import { conditional } from "../composition/conditional.ts";
import { loop } from "../composition/loop.ts";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { router } from "../composition/router.ts";
import { sequential } from "../composition/sequential.ts";
import { switchCase } from "../composition/switch-case.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { definePrimitive, step } from "../define.ts";
import { bulkhead } from "../load/bulkhead.ts";
import { hedge } from "../load/hedge.ts";
import { rateLimit } from "../load/rate-limit.ts";
import { circuitBreaker } from "../recovery/circuit-breaker.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { timeout } from "../recovery/timeout.ts";
import { delay } from "../waiting/delay.ts";
import type { Any } from "./every-primitive.fixture.ts";
import { seeded } from "./seeded.ts";

/** A tree of primitives as data: what it is made from, and what a failing property shows. */
export interface TreeSpec {
  readonly kind: string;
  /** Says what else there is to say about this node. */
  readonly dial: number;
  readonly children: readonly TreeSpec[];
}

type Build = (children: readonly Any[], dial: number) => Any;

/** Kinds of steps, the frequent ones more often. */
export const LEAVES = [
  ...Array<string>(4).fill("value"),
  "write",
  "write",
  "flaky",
  "fail",
  "fail at once",
  "deaf",
];

const retrying = { backoff: { kind: "constant", delayMs: 7.31 } } as const;

/** Kinds of composites, and how many children each has. */
export const COMPOSITES: Readonly<
  Record<string, { readonly children: number; readonly build: Build }>
> = {
  sequential: { children: 3, build: ([a, b, c]) => sequential(a!, b, c) },
  parallel: { children: 3, build: ([a, b, c]) => parallel({ a: a!, b: b!, c: c! }) },
  settled: {
    children: 2,
    build: (children) => parallel([...children], { join: "settled", graceMs: 50 }),
  },
  quorum: {
    children: 3,
    build: (children, dial) => parallel([...children], { join: { quorum: 1 + (dial % 3) } }),
  },
  limited: { children: 3, build: (children) => parallel([...children], { concurrency: 2 }) },
  map: {
    children: 1,
    build: ([a], dial) =>
      sequential(async () => Array.from({ length: dial % 4 }, (_, item) => item), map(a!)),
  },
  race: { children: 2, build: ([a, b]) => race({ a: a!, b: b! }) },
  conditional: {
    children: 2,
    build: ([a, b], dial) => conditional(async () => dial % 2 === 0, a!, b),
  },
  switch: {
    children: 2,
    build: ([a, b], dial) => switchCase(() => ["a", "b"][dial % 2]!, { a: a!, b: b! }),
  },
  router: {
    children: 2,
    build: ([a, b], dial) =>
      router({
        routes: { a: a!, b: b! },
        select: () => (dial % 2 === 0 ? "a" : "b"),
      }),
  },
  retry: {
    children: 1,
    build: ([a], dial) => retry(a!, { attempts: 1 + (dial % 3), retryIf: () => true, ...retrying }),
  },
  fallback: { children: 2, build: ([a, b]) => fallback(a!, [b!]) },
  timeout: {
    children: 1,
    build: ([a], dial) => timeout(a!, { timeoutMs: 3.17 + (dial % 90), graceMs: dial % 3 }),
  },
  saga: {
    children: 3,
    build: ([a, b, undo]) =>
      saga({ name: "first", execute: a!, compensate: undo! }, { name: "second", execute: b! }),
  },
  loop: {
    children: 1,
    build: ([a], dial) => loop(a!, { while: () => true, maxIterations: 1 + (dial % 2) }),
  },
  hedge: {
    children: 1,
    build: ([a], dial) => hedge(a!, { delayMs: 2.9 + (dial % 20), assumeIdempotent: true }),
  },
  circuit: {
    children: 1,
    build: ([a]) =>
      circuitBreaker(a!, {
        failureRatio: 0.5,
        windowMs: 1_000,
        minimumCalls: 2,
        openMs: 13.7,
        halfOpenCalls: 1,
      }),
  },
  bulkhead: { children: 1, build: ([a]) => bulkhead(a!, { concurrency: 1, queue: 9 }) },
  rate: {
    children: 1,
    build: ([a]) => rateLimit(a!, { limit: 2, intervalMs: 30.3, maxWaitMs: 1_000 }),
  },
  cache: { children: 1, build: ([a]) => cache(a!, { key: String, ttlMs: 25.3 }) },
  delay: { children: 1, build: ([a], dial) => sequential(delay(0.43 + (dial % 9)), a) },
  own: {
    children: 2,
    build: ([a, b], dial) =>
      definePrimitive({
        type: "own",
        children: { a: a!, b: b! },
        async run(input: unknown, context) {
          if (await context.decide("coin", () => dial % 2 === 0)) await context.sleep("nap", 1.7);
          const { outcomes } = await context.fork(
            [
              { child: "a", input, index: 1 },
              { child: "b", input },
            ],
            { until: "settled" },
          );
          const ends = outcomes.map(({ status }) => status);
          return [ends, await context.call("a", ends, 2)];
        },
      }),
  },
};

export interface TreeRules {
  /** False: no step waits. */
  readonly waits: boolean;
}

/**
 * Builds the tree, below a workflow that also says what was left in `state`. Steps are functions of where they stand: what
 * they give does not depend on when they run, or on what ran before.
 */
export function treeOf(spec: TreeSpec, rules: TreeRules): Any {
  return workflow(
    "tree",
    sequential(build(spec, rules), async (value: unknown, { state }) => ({
      value,
      state: Object.fromEntries(state.entries().toSorted(([a], [b]) => (a < b ? -1 : 1))),
    })),
  );
}

function build(spec: TreeSpec, rules: TreeRules): Any {
  const composite = COMPOSITES[spec.kind];
  if (composite === undefined) return leafOf(spec, rules);
  return composite.build(
    spec.children.map((child) => build(child, rules)),
    spec.dial,
  );
}

function leafOf({ kind, dial }: TreeSpec, { waits }: TreeRules): Any {
  return step(`${kind} ${dial}`, (_input: unknown, context) => {
    const chance = seeded(`${dial} ${context.path}`);
    if (kind === "fail at once") throw new Error(`at once at ${context.path}`);
    return play(kind, context, { chance, waitMs: waits ? chance() * 40 : 0 });
  });
}

async function play(
  kind: string,
  context: WorkflowContext,
  { chance, waitMs }: { readonly chance: () => number; readonly waitMs: number },
): Promise<unknown> {
  if (kind === "deaf") await deafNap(context, waitMs);
  else if (waitMs > 0) await context.sleep("nap", waitMs);
  const fails = kind === "fail" || (kind === "flaky" && chance() < 0.5);
  if (fails) throw Object.assign(new Error(`no at ${context.path}`), { code: "NO" });
  if (kind === "write") context.state.set(context.path, chance());
  return context.path;
}

async function deafNap(context: WorkflowContext, ms: number): Promise<void> {
  const { runtime } = context;
  if (ms > 0 && "startTimer" in runtime && typeof runtime.startTimer === "function")
    await new Promise<void>((resolve) => {
      Reflect.apply(runtime.startTimer as () => void, runtime, [ms, resolve]);
    });
}
