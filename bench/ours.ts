import {
  bulkhead,
  cache,
  circuitBreaker,
  conditional,
  createRegistry,
  fallback,
  hedge,
  loop,
  parallel,
  race,
  rateLimit,
  retry,
  router,
  saga,
  sequential,
  switchCase,
  timeout,
  workflow,
} from "@tta-dev/primitives";
import { formatExposition } from "@tta-dev/observability";
import { workflowName } from "./opponents/places.ts";
import type { ExposedHistogram } from "./opponents/prom-client.ts";
import {
  draft,
  enrich,
  validate,
  type Reply,
  type RequestContext,
  type Ticket,
} from "./scenario.ts";

/** The workflow that every contestant runs, in ours. */
export function createOurs(): (ticket: Ticket, request: RequestContext) => Promise<Reply> {
  const answer = workflow(workflowName, sequential(validate, enrich, draft));
  return (ticket, request) => answer.execute(ticket, request);
}

type Step = (input: number) => Promise<number>;

/** A workflow of any three steps. */
export function createOursOf(
  steps: readonly [Step, Step, Step],
): (input: number) => Promise<number> {
  const [first, second, third] = steps;
  const answer = workflow(workflowName, sequential(first, second, third));
  return (input) => answer.execute(input);
}

type Guarded = (ticket: Ticket) => Promise<unknown>;

const constantBackoff = { kind: "constant", delayMs: 10 } as const;

/** One step under retry: three calls at most, 10 ms apart. */
export const retried: Guarded = retry(validate, { attempts: 3, backoff: constantBackoff }).execute;

/** One step under a timeout. */
export const timed: Guarded = timeout(validate, { timeoutMs: 20_000 }).execute;

/** One step under a retry around a timeout. */
export const guarded: Guarded = retry(timeout(validate, { timeoutMs: 20_000 }), {
  attempts: 3,
  backoff: constantBackoff,
}).execute;

/** Each primitive round one step. */
export const primitives: Readonly<Record<string, { readonly execute: Guarded }>> = {
  workflow: workflow("one", validate),
  sequential: sequential(validate),
  retry: retry(validate, { attempts: 3 }),
  timeout: timeout(validate, { timeoutMs: 20_000 }),
  fallback: fallback(validate, [validate]),
  conditional: conditional(() => true, validate),
  switchCase: switchCase(() => "one", { one: validate }),
  parallel: parallel({ one: validate }),
  race: race({ one: validate }),
  saga: saga({ name: "one", execute: validate }),
  router: router({ routes: { one: validate }, select: () => "one" }),
  loop: loop(pass, { while: () => false, maxIterations: 1 }),
  circuitBreaker: circuitBreaker(validate, {
    failureRatio: 0.5,
    windowMs: 10_000,
    minimumCalls: 10,
    openMs: 10_000,
    halfOpenCalls: 1,
  }),
  bulkhead: bulkhead(validate, { concurrency: 10 }),
  rateLimit: rateLimit(validate, { limit: 1e9, intervalMs: 1 }),
  hedge: hedge(validate, { delayMs: 10_000, assumeIdempotent: true }),
  cache: cache(validate, { key: () => "one", ttlMs: 1 }),
};

async function pass(ticket: Ticket): Promise<Ticket> {
  return ticket;
}

/** One count and one duration, bound to their labels. */
export function createRecorder(): (seconds: number) => void {
  const registry = createRegistry();
  const labels = {
    primitive_name: "draft",
    primitive_type: "step",
    workflow_name: workflowName,
    status: "success",
  } as const;
  const count = registry
    .counter("primitive.execution.count")
    .bind({ ...labels, agent_type: "executor" });
  const duration = registry.histogram("primitive.execution.duration").bind(labels);
  return (seconds) => {
    duration.record(seconds);
    count.add(1);
  };
}

/** The duration histogram and its page. The limit is lifted, because a metric keeps some of 1,000 series for folded ones. */
export function createExposedHistogram(): ExposedHistogram {
  const registry = createRegistry({ seriesLimit: 2000 });
  const histogram = registry.histogram("primitive.execution.duration");
  return {
    bind(labels) {
      const series = histogram.bind(labels);
      return (seconds) => series.record(seconds);
    },
    expose: () => formatExposition(registry.snapshot(), {}),
  };
}
