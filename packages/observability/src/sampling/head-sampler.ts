import type { SpanContext } from "@opentelemetry/api";
import { trace, TraceFlags } from "@opentelemetry/api";
import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import { SamplingDecision } from "@opentelemetry/sdk-trace";
import type { Registry } from "@tta-dev/primitives";
import { rootName } from "./root-name.ts";
import { createSamplingResults } from "./sampling-results.ts";
import { randomnessOf } from "./threshold.ts";
import type { TraceRatio } from "./trace-ratio.ts";
import { readSamplingState } from "./trace-state.ts";

/** How it is decided, when a trace begins, whether it is recorded. */
export interface HeadSampling {
  /** Decides where nobody has before. */
  readonly root: TraceRatio;
  /** Whether a trace that began elsewhere is recorded exactly if it was recorded there. */
  readonly parentBased: boolean;
  /** Counts `sampling.traces`. */
  readonly registry: Registry;
  /** False where a tail sampler counts what is kept here. @default true */
  readonly countsKept?: boolean;
}

const DROP: SamplingResult = { decision: SamplingDecision.NOT_RECORD };

/**
 * Decides when a trace begins whether it is recorded, by the trace's id, so that processes with one rate decide alike and
 * those with a higher one keep the same traces and more (OpenTelemetry, consistent probability sampling).
 *
 * What is kept says in `tracestate` with what threshold (`ot=th:…`), and, where a span stands for more than itself, in
 * the attribute `sampling.adjusted_count` for how many. Below a parent that decides, the parent's threshold goes on.
 */
export function createHeadSampler(sampling: HeadSampling): Sampler {
  const { root, parentBased } = sampling;
  const count = createCounts(sampling);
  const results = createSamplingResults();

  const follow = (parent: SpanContext): SamplingResult => {
    const isSampled = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
    if (parent.isRemote !== true) return isSampled ? results.following(parent.traceState) : DROP;
    (isSampled ? count.keptByParent : count.droppedByParent)();
    if (!isSampled) return DROP;
    const { threshold, randomness } = readSamplingState(parent.traceState);
    return threshold === undefined || (randomness ?? randomnessOf(parent.traceId)) >= threshold.hex
      ? results.following(parent.traceState)
      : results.erasing(parent.traceState);
  };

  const decide = (
    traceId: string,
    name: string,
    parent: SpanContext | undefined,
  ): SamplingResult => {
    const threshold = root.thresholdFor(name);
    const { randomness } = readSamplingState(parent?.traceState);
    const isKept =
      threshold !== undefined && (randomness ?? randomnessOf(traceId)) >= threshold.hex;
    if (parent === undefined || parent.isRemote === true) (isKept ? count.kept : count.dropped)();
    return isKept ? results.deciding(threshold, parent?.traceState) : DROP;
  };

  return {
    // oxlint-disable-next-line max-params -- the SDK calls it
    shouldSample(context, traceId, spanName, _kind, attributes) {
      const parent = trace.getSpanContext(context);
      // Where the parent is no valid one, the SDK begins a trace.
      if (parent?.traceId !== traceId) {
        return decide(traceId, rootName(spanName, attributes), undefined);
      }
      return parentBased || (root.varies && parent.isRemote !== true)
        ? follow(parent)
        : decide(traceId, rootName(spanName, attributes), parent);
    },
    toString: () => `HeadSampler{${root.reason}, ${parentBased ? "parent based" : "independent"}}`,
  };
}

type Counts = Readonly<Record<"kept" | "dropped" | "keptByParent" | "droppedByParent", () => void>>;

function createCounts({ root, registry, parentBased, countsKept = true }: HeadSampling): Counts {
  const traces = registry.counter("sampling.traces");
  const count = (decision: "kept" | "dropped", reason: string, isPossible: boolean) => {
    if (!isPossible || (decision === "kept" && !countsKept)) return () => undefined;
    const series = traces.bind({ decision, reason });
    return () => {
      series.value++;
    };
  };
  return {
    kept: count("kept", root.reason, root.reason !== "never"),
    dropped: count("dropped", root.reason, root.reason !== "always"),
    keptByParent: count("kept", "parent", parentBased),
    droppedByParent: count("dropped", "parent", parentBased),
  };
}
