import {
  bulkhead,
  cache,
  circuitBreaker,
  conditional,
  definePrimitive,
  fallback,
  hedge,
  loop,
  map,
  observe,
  parallel,
  race,
  rateLimit,
  retry,
  router,
  saga,
  sequential,
  step,
  switchCase,
  timeout,
  workflow,
  type Primitive,
  type WorkflowContext,
} from "@tta-dev/primitives";

export type Any = Primitive<unknown, unknown>;
export type Leaf = (input: unknown, context: WorkflowContext) => unknown;

const once = { attempts: 2, backoff: { kind: "constant", delayMs: 0 } } as const;
const other = async (): Promise<unknown> => "other";

/** Every primitive, around a child. `map` gets its child's input as the one item of an array. */
export const outers: Readonly<Record<string, (child: Any) => Any>> = {
  workflow: (child) => workflow("w", child),
  sequential: (child) => sequential(other, child),
  "parallel of a record": (child) => parallel({ child, other }),
  "parallel of a tuple": (child) => parallel([child, other]),
  "parallel, settled": (child) => parallel({ child, other }, { join: "settled" }),
  "parallel, quorum": (child) => parallel({ child, other }, { join: { quorum: 2 } }),
  conditional: (child) => conditional(() => true, child),
  switchCase: (child) => switchCase(() => "child", { child }),
  map: (child) => sequential((input: unknown) => [input], map(child)),
  race: (child) => race({ child }),
  retry: (child) => retry(child, once),
  fallback: (child) => fallback(child, [child]),
  timeout: (child) => timeout(child, { timeoutMs: 60_000 }),
  saga: (child) =>
    saga(
      { name: "before", execute: other, compensate: other },
      { name: "child", execute: child, compensate: other },
    ),
  circuitBreaker: (child) =>
    circuitBreaker(child, {
      failureRatio: 1,
      windowMs: 1000,
      minimumCalls: 100,
      openMs: 1000,
      halfOpenCalls: 1,
    }),
  bulkhead: (child) => bulkhead(child, { concurrency: 2 }),
  rateLimit: (child) => rateLimit(child, { limit: 1000, intervalMs: 1000 }),
  hedge: (child) => hedge(child, { delayMs: 60_000, maxHedges: 1, assumeIdempotent: true }),
  cache: (child) => cache(child, { key: () => "key", ttlMs: 60_000 }),
  router: (child) => router({ routes: { child }, select: () => "child" }),
  loop: (child) => loop(child, { while: () => true, maxIterations: 1 }),
  observe: (child) => observe(child, { name: "observed" }),
  definePrimitive: (child) =>
    definePrimitive({
      type: "custom",
      children: { child },
      run: (input: unknown, context) => context.call("child", input),
    }),
  "nested execute": (child) => step("leaf", (input: unknown) => child.execute(input)),
};
