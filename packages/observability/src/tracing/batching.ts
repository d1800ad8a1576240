import { TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { OutboxOptions } from "../outbox/outbox.ts";
import { createOutbox } from "../outbox/outbox.ts";

/** A span processor that can be emptied when the process ends. */
export interface BatchingProcessor extends SpanProcessor {
  /** Takes whatever comes until what is unsent is taken. */
  readonly widen: () => void;
  /** Hands out, for good, the spans that are not known to have arrived. */
  readonly takeUnsent: () => ReadableSpan[];
}

/**
 * Gathers sampled spans and sends them.
 *
 * The SDK's own processor hides its queue, drops silently, forgets a batch that was refused once, and its flush leaves
 * out the batch that is under way.
 */
export function createBatching(options: OutboxOptions<ReadableSpan>): BatchingProcessor {
  const outbox = createOutbox(options);
  return {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) outbox.add(span);
    },
    forceFlush: outbox.flush,
    shutdown: outbox.close,
    widen: outbox.widen,
    takeUnsent: outbox.takeUnsent,
  };
}
