/** When a trace counts as slow, or as costly. */
export interface UnusualSettings {
  /** Fixed: what is above it counts in any case. Seconds or USD; Infinity where there is none. */
  readonly limit: number;
  /** What is above this quantile of the last while counts; 1 where nothing does. */
  readonly quantile: number;
  /** Traces of one name that have to be known before the quantile means anything. */
  readonly minimumCount: number;
  readonly windowMs: number;
}

/** What a tail sampler keeps and how much it may hold; checked. */
export interface TailSettings {
  /** Share of the traces that is kept of those with nothing in them. */
  readonly ratio: number;
  readonly errors: "unrecovered" | "any" | "none";
  readonly slow: UnusualSettings | undefined;
  readonly costly: UnusualSettings | undefined;
  /** Age at which a trace is decided on, finished or not. */
  readonly timeoutMs: number;
  /** Time for which a decision is remembered at least. */
  readonly lateSpanMs: number;
  readonly maxTraces: number;
  readonly maxSpans: number;
  readonly maxBytes: number;
  readonly maxSpansPerTrace: number;
  readonly maxBytesPerTrace: number;
}
