/** How many spans, on average, an exported one stands for. On every exported span while something is sampled. */
export const ADJUSTED_COUNT = "sampling.adjusted_count";
/** Why the tail sampler kept a trace. On its local root. */
export const KEPT_BECAUSE = "sampling.reason";
/** Marks a trace to be kept; on any of its spans. */
export const KEEP = "sampling.keep";
