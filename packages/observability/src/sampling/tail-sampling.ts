import { TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Registry } from "@tta-dev/primitives";
import { attributes as names } from "@tta-dev/primitives/catalog";
import type { Report } from "../problem.ts";
import { createDecisionMemory } from "./decision-memory.ts";
import type { Kept } from "./kept-span.ts";
import { keptSpan } from "./kept-span.ts";
import { isLocalRoot } from "./local-root.ts";
import { rootName } from "./root-name.ts";
import type { SpanBudget } from "./span-budget.ts";
import { estimateBytes } from "./span-size.ts";
import type { TailClock } from "./tail-clock.ts";
import type { EarlyReason } from "./tail-counts.ts";
import { createTailCounts } from "./tail-counts.ts";
import type { KeepReason } from "./tail-policies.ts";
import { createTailPolicies } from "./tail-policies.ts";
import type { TailSettings } from "./tail-settings.ts";
import { createTailVerdicts } from "./tail-verdicts.ts";
import type { WaitingTrace } from "./trace-buffer.ts";
import { createTraceBuffer } from "./trace-buffer.ts";
import { constantRatio } from "./trace-ratio.ts";

/** What a tail sampler is made from. */
export interface TailSampling {
  /** Where kept spans go. It must not throw. */
  readonly next: SpanProcessor;
  readonly settings: TailSettings;
  /** Takes the place of the constant ratio. */
  readonly budget?: SpanBudget | undefined;
  readonly clock: TailClock;
  readonly registry: Registry;
  readonly report: Report;
}

/** A span processor that lets through the spans of the traces that are worth it. */
export interface TailSampler extends SpanProcessor {
  /** Whether the trace is known to be kept; false while it is not decided on. */
  readonly isKept: (traceId: string) => boolean;
  /** Decides on every trace that waits, at once: for a process that has no time left. */
  readonly decideAll: () => void;
}

const { costUsd: COST, workflowCostTotalUsd: TOTAL_COST } = names;

/** Decisions that are remembered, of either sort. */
const MAX_DECISIONS = 20_000;
/** What was kept is asked for longer, by exemplars. */
const KEPT_MS = 3_600_000;
/** Spans that a shutdown hands on before it waits for them to be sent: the queue behind is bounded. */
const SHUTDOWN_SLICE = 500;

/**
 * Holds back the spans of a trace until its local root has ended, then lets all of them through or none.
 *
 * What has something in it (an error, an unusual duration or cost, an anomaly, a mark) is kept as soon as that is known;
 * of the rest a share, by the trace's id. Spans that end later do as their trace did.
 */
export function createTailSampling(sampling: TailSampling): TailSampler {
  const { next, settings, budget, clock, registry, report } = sampling;
  const { now } = clock;
  const buffer = createTraceBuffer();
  const { lateSpanMs } = settings;
  const keptTraces = createDecisionMemory<Kept>({
    maxCount: MAX_DECISIONS,
    rememberMs: Math.max(lateSpanMs, KEPT_MS),
  });
  const droppedTraces = createDecisionMemory<true>({
    maxCount: MAX_DECISIONS,
    rememberMs: lateSpanMs,
  });
  const policies = createTailPolicies(settings, now);
  const verdicts = createTailVerdicts(budget ?? constantRatio(settings.ratio));
  const counts = createTailCounts(registry);
  let stopTimer: (() => void) | undefined;
  let handedOn = 0;
  let isClosed = false;

  const handOn = (span: ReadableSpan, kept: Kept): void => {
    handedOn++;
    next.onEnd(keptSpan(span, kept));
  };

  /** @param span Stands for the trace: its root, if that is known. */
  const verdictOn = (
    span: ReadableSpan,
    reason: KeepReason | undefined,
    spans: number,
  ): Kept | undefined => {
    budget?.learn(rootName(span.name, span.attributes), spans);
    const kept = reason === undefined ? verdicts.draw(span) : verdicts.keep(reason, span);
    if (kept !== undefined) budget?.spend(spans);
    return kept;
  };

  const decide = (
    trace: WaitingTrace,
    {
      span,
      reason,
      early,
    }: { span: ReadableSpan; reason: KeepReason | undefined; early?: EarlyReason },
  ): void => {
    buffer.remove(trace);
    const kept = verdictOn(span, reason, trace.spans.length);
    if (kept === undefined) {
      droppedTraces.set(trace.traceId, true, now());
      counts.dropped(early ?? "ratio");
      counts.notKept(trace.spans.length);
      return;
    }
    keptTraces.set(trace.traceId, kept, now());
    counts.kept(kept.reason);
    for (const one of trace.spans) handOn(one, kept);
  };

  const decideEarly = (trace: WaitingTrace, early: EarlyReason): void => {
    const { roots } = trace;
    let reason: KeepReason | undefined;
    for (const root of roots) reason ??= policies.judgeRunning(root);
    decide(trace, { span: roots[0] ?? trace.spans[0]!, reason, early });
  };

  const makeRoom = (): void => {
    const { maxTraces, maxSpans, maxBytes } = settings;
    while (
      buffer.oldest !== undefined &&
      (buffer.traces > maxTraces || buffer.spans > maxSpans || buffer.bytes > maxBytes)
    ) {
      decideEarly(buffer.oldest, "buffer_full");
      report({
        code: "sampling_buffer_full",
        message: `the tail sampler is full (at most ${maxTraces} traces, ${maxSpans} spans, ${maxBytes} bytes) and decides on the oldest traces before they are over: they are long, or many at once`,
      });
    }
  };

  const collect = (trace: WaitingTrace, span: ReadableSpan): void => {
    const { attributes } = span;
    const isRoot = isLocalRoot(span);
    buffer.hold(trace, span, estimateBytes(span));
    trace.costUsd += usdOf(attributes[COST]) ?? 0;
    if (isRoot) removeRoot(trace, span);
    const total = isRoot ? usdOf(attributes[TOTAL_COST]) : undefined;
    const reason = policies.judge(span, total ?? trace.costUsd);
    if (reason !== undefined || trace.roots.length === 0)
      decide(trace, { span: trace.roots[0] ?? span, reason });
    else if (
      trace.spans.length >= settings.maxSpansPerTrace ||
      trace.bytes >= settings.maxBytesPerTrace
    )
      decideEarly(trace, "trace_limit");
    else makeRoom();
  };

  /** A span whose trace does not wait: it was decided on, or was never seen to begin. */
  const follow = (span: ReadableSpan): void => {
    const { traceId } = span.spanContext();
    // In any case: what is usual is learnt from every root.
    const reason = policies.judge(span, usdOf(span.attributes[TOTAL_COST]));
    let kept = keptTraces.get(traceId, now());
    if (kept !== undefined) budget?.spend(1);
    else if (droppedTraces.get(traceId, now()) === true) counts.notKept(1);
    else {
      kept = verdictOn(span, reason, 1);
      if (kept === undefined) {
        droppedTraces.set(traceId, true, now());
        counts.late(1);
      } else keptTraces.set(traceId, kept, now());
    }
    if (kept !== undefined) handOn(span, kept);
  };

  const watch = (): void => {
    if (stopTimer !== undefined || buffer.oldest === undefined) return;
    const ageMs = now() - buffer.oldest.startedAtMs;
    const { timeoutMs } = settings;
    // Within bounds also where the clock was set.
    const leftMs = Math.min(timeoutMs, Math.max(0, timeoutMs - ageMs));
    stopTimer = clock.startTimer(leftMs, () => {
      stopTimer = undefined;
      while (buffer.oldest !== undefined && now() - buffer.oldest.startedAtMs >= timeoutMs)
        decideEarly(buffer.oldest, "timeout");
      watch();
    });
  };

  const close = (): void => {
    isClosed = true;
    stopTimer?.();
    stopTimer = undefined;
  };

  return {
    isKept: (traceId) => keptTraces.get(traceId, now()) !== undefined,
    decideAll() {
      while (buffer.oldest !== undefined) decideEarly(buffer.oldest, "shutdown");
    },
    onStart(span, parentContext) {
      next.onStart(span, parentContext);
      if (isClosed || !isLocalRoot(span) || !isSampled(span)) return;
      const { traceId } = span.spanContext();
      const waiting = buffer.get(traceId);
      if (waiting !== undefined) waiting.roots.push(span);
      else if (keptTraces.get(traceId, now()) === undefined) {
        buffer.begin(traceId, now()).roots.push(span);
        makeRoom();
        watch();
      }
    },
    onEnd(span) {
      if (!isSampled(span)) next.onEnd(span);
      else if (isClosed) counts.late(1);
      else {
        const trace = buffer.get(span.spanContext().traceId);
        if (trace === undefined) follow(span);
        else collect(trace, span);
      }
    },
    forceFlush: () => next.forceFlush(),
    async shutdown() {
      close();
      while (buffer.oldest !== undefined) {
        decideEarly(buffer.oldest, "shutdown");
        if (handedOn < SHUTDOWN_SLICE) continue;
        handedOn = 0;
        await next.forceFlush();
      }
      await next.shutdown();
    },
  };
}

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function removeRoot({ roots }: WaitingTrace, ended: ReadableSpan): void {
  const { spanId } = ended.spanContext();
  const index = roots.findIndex((root) => root.spanContext().spanId === spanId);
  if (index >= 0) roots.splice(index, 1);
}

function usdOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
