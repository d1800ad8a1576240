import { TraceFlags } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { createDecisionMemory } from "./decision-memory.ts";
import { isLocalRoot } from "./local-root.ts";
import { rootName } from "./root-name.ts";
import type { SpanBudget } from "./span-budget.ts";

/** Traces that are followed at once. */
const MAX_TRACES = 20_000;
/** Time after which a trace whose root has not ended is followed no more. */
const FOLLOW_MS = 3_600_000;

interface Followed {
  readonly name: string;
  readonly rootSpanId: string;
  readonly expected: number;
  spans: number;
  isOver: boolean;
}

/**
 * Tells a budget what the traces that a head sampler keeps have cost: when one begins what is expected of it, then what
 * it has beyond that. So a burst is felt when it begins, not when its traces are over.
 *
 * @param followsParents Whether a trace below a remote parent was decided on by that parent.
 */
export function createSpanCounter(
  budget: SpanBudget,
  followsParents: boolean,
  now: () => number,
): SpanProcessor {
  const traces = createDecisionMemory<Followed>({ maxCount: MAX_TRACES, rememberMs: FOLLOW_MS });

  return {
    onStart(span) {
      const { traceId, spanId, traceFlags } = span.spanContext();
      if ((traceFlags & TraceFlags.SAMPLED) === 0) return;
      const trace = traces.get(traceId, now());
      const isOurs = isLocalRoot(span) && (span.parentSpanContext === undefined || !followsParents);
      if (trace?.isOver === false) {
        trace.spans++;
        if (trace.spans > trace.expected) budget.spend(1);
      } else if (!isOurs) budget.spend(1);
      else {
        const name = rootName(span.name, span.attributes);
        const expected = Math.round(budget.expected(name));
        budget.spend(expected);
        traces.set(traceId, { name, rootSpanId: spanId, expected, spans: 1, isOver: false }, now());
      }
    },
    onEnd(span) {
      if (!isLocalRoot(span)) return;
      const { traceId, spanId } = span.spanContext();
      const trace = traces.get(traceId, now());
      if (trace === undefined || trace.rootSpanId !== spanId || trace.isOver) return;
      trace.isOver = true;
      budget.learn(trace.name, trace.spans);
      if (trace.spans < trace.expected) budget.spend(trace.spans - trace.expected);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
