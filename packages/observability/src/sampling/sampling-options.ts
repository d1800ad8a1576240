/** Which traces are exported beyond what `traceSampleRate` says. */
export interface SamplingOptions {
  /** Decide when a trace is over, by what is in it. `true` takes every default. @default false */
  readonly tail?: boolean | TailSamplingOptions;
  /** Hold a rate of spans instead of a share of the traces. Without it the share is constant. */
  readonly adaptive?: AdaptiveSamplingOptions;
}

/** What the tail sampler keeps, and how much it may hold back for that. */
export interface TailSamplingOptions {
  /**
   * Share of the traces with nothing in them that is kept. Not together with `adaptive`, which then chooses it.
   *
   * @default 0.05
   */
  readonly ratio?: number;
  /**
   * Which errors keep a trace: those that leave its root (`"unrecovered"`, detached work included), `"any"`, so also those
   * that a retry or a fallback made good, or `"none"`. A run that its caller cancelled is no error.
   *
   * @default "unrecovered"
   */
  readonly errors?: "unrecovered" | "any" | "none";
  /** Which traces are slow; false for none. */
  readonly slow?: false | SlowTraceOptions;
  /** Which traces are costly, by `workflow.cost.total_usd` of the root, else by the sum of `cost.usd`; false for none. */
  readonly costly?: false | CostlyTraceOptions;
  /**
   * Milliseconds after which a trace that still runs is decided on, with what is known by then.
   *
   * @default 300000
   */
  readonly timeoutMs?: number;
  /**
   * Milliseconds for which a decision is remembered for spans that end late.
   *
   * @default 300000
   */
  readonly lateSpanMs?: number;
  /**
   * Traces that may wait at once.
   *
   * @default 10000
   */
  readonly maxTraces?: number;
  /**
   * Spans that may be held back in all.
   *
   * @default 20000
   */
  readonly maxSpans?: number;
  /**
   * Bytes, estimated, that may be held back in all.
   *
   * @default 67108864
   */
  readonly maxBytes?: number;
  /**
   * Spans of one trace that may be held back.
   *
   * @default 2000
   */
  readonly maxSpansPerTrace?: number;
  /**
   * Bytes, estimated, of one trace that may be held back.
   *
   * @default 8388608
   */
  readonly maxBytesPerTrace?: number;
}

/** When a trace counts as slow: above a quantile of the durations of its name, or above a fixed one. */
export interface SlowTraceOptions {
  /**
   * Quantile of the durations of roots of the same name over the last ten minutes; 1 for none.
   *
   * @default 0.99
   */
  readonly quantile?: number;
  /** Milliseconds above which a trace is slow whatever is usual. Without it only the quantile counts. */
  readonly thresholdMs?: number;
  /**
   * Traces of a name that have to be known before its quantile means anything.
   *
   * @default 100
   */
  readonly minimumTraces?: number;
}

/** When a trace counts as costly: above a quantile of the costs of its name, or above a fixed one. */
export interface CostlyTraceOptions {
  /**
   * Quantile of the costs of roots of the same name over the last ten minutes; 1 for none.
   *
   * @default 0.99
   */
  readonly quantile?: number;
  /** US dollars above which a trace is costly whatever is usual. Without it only the quantile counts. */
  readonly budgetUsd?: number;
  /**
   * Traces of a name that have to be known before its quantile means anything.
   *
   * @default 100
   */
  readonly minimumTraces?: number;
}

/** What is held: one of the two targets. */
export interface AdaptiveSamplingOptions {
  /** Spans per second that are exported, in the mean of some seconds. */
  readonly targetSpansPerSecond?: number;
  /** Share of one processor's time that spans may take, 0.01 for 1 %. Not with `tail`, for which every span is recorded. */
  readonly targetOverhead?: number;
  /**
   * Least share of any workflow's traces that is kept, whatever the target.
   *
   * @default 0
   */
  readonly minRatio?: number;
  /**
   * Largest share that is kept when there is little to do.
   *
   * @default 1
   */
  readonly maxRatio?: number;
}
