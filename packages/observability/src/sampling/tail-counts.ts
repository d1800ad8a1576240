import type { Registry } from "@tta-dev/primitives";
import { keepReasons } from "./tail-policies.ts";

/** Why a trace had to be decided on before it was over. */
export type EarlyReason = "timeout" | "trace_limit" | "buffer_full" | "shutdown";

/** Counts what a tail sampler does. */
export interface TailCounts {
  readonly kept: (reason: string) => void;
  readonly dropped: (reason: "ratio" | EarlyReason) => void;
  /** Spans of traces that are not kept. */
  readonly notKept: (spans: number) => void;
  /** Spans that came when nothing was known of their trace any more. */
  readonly late: (spans: number) => void;
}

/** Binds the series, so that they are there with 0 from the start. */
export function createTailCounts(registry: Registry): TailCounts {
  const traces = registry.counter("sampling.traces");
  const lost = registry.counter("telemetry.dropped");
  for (const reason of [...keepReasons, "ratio"]) traces.bind({ decision: "kept", reason });
  for (const reason of ["ratio", "timeout", "trace_limit", "buffer_full", "shutdown"])
    traces.bind({ decision: "dropped", reason });
  const notKept = lost.bind({ reason: "span_sampled_out" });
  const late = lost.bind({ reason: "span_late" });
  return {
    kept(reason) {
      traces.bind({ decision: "kept", reason }).add(1);
    },
    dropped(reason) {
      traces.bind({ decision: "dropped", reason }).add(1);
    },
    notKept(spans) {
      notKept.add(spans);
    },
    late(spans) {
      late.add(spans);
    },
  };
}
