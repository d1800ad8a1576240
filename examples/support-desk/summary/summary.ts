import type {
  CircuitSnapshot,
  ComponentEvaluation,
  LlmSnapshot,
  SloStatus,
} from "@tta-dev/observability";
import type { ModelServerTally } from "../model-server/tally.ts";

/** What a run of the demo did: what `--json` prints and the terminal draws. */
export interface Summary extends RecordedSummary {
  /** Workflows that ended, successfully or not. */
  readonly runs: number;
  /** Those that failed. */
  readonly errors: number;
  readonly errorRatio: number;
  /** Distinct traces; the same number as `runs` unless something is wrong. */
  readonly traces: number;
  /** Whether Ctrl-C ended the run before all requests were done. */
  readonly interrupted: boolean;
  readonly requested: number;
  readonly seed: number;
  readonly speed: number;
  readonly wallMs: number;
  /** Where /metrics is served; null where no port could be had. */
  readonly metricsUrl: string | null;
  /** What the desk promises, and how much of it was kept. */
  readonly slos: readonly SloSummary[];
  /** How mature each agent is. */
  readonly components: readonly ComponentEvaluation[];
  /** How each circuit breaker stands, and how it came to that. */
  readonly circuits: readonly CircuitSnapshot[];
  /** What the models were asked, what it took and cost. */
  readonly llm: LlmSnapshot;
  /** What the model's server counted, to compare `models` with. */
  readonly modelServer: ModelServerTally;
  /** What was not as it should be around the program: a taken port, a dead collector. */
  readonly problems: readonly ProblemSummary[];
}

/** The part that is read out of the metrics. */
export interface RecordedSummary {
  /** Why runs failed. */
  readonly failures: readonly FailureSummary[];
  readonly primitives: readonly PrimitiveSummary[];
  readonly retries: RetrySummary;
  readonly fallbacks: readonly FallbackSummary[];
  readonly breakers: readonly BreakerSummary[];
  readonly tokens: { readonly prompt: number; readonly completion: number };
  readonly models: readonly ModelSummary[];
  readonly caches: readonly CacheSummary[];
  readonly waits: readonly WaitSummary[];
}

export interface FailureSummary {
  readonly errorType: string;
  readonly runs: number;
}

export interface PrimitiveSummary {
  readonly name: string;
  readonly type: string;
  /** Executions, those that failed included. */
  readonly count: number;
  readonly errors: number;
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly p99Seconds: number;
}

export interface RetrySummary {
  /** Attempts after the first. */
  readonly repeatedAttempts: number;
  /** Executions that succeeded after a failed attempt. */
  readonly recovered: number;
  /** Executions that failed in the end. */
  readonly failed: number;
}

export interface FallbackSummary {
  readonly name: string;
  /** The alternative that served. */
  readonly servedBy: string;
  readonly activations: number;
}

export interface BreakerSummary {
  readonly name: string;
  /** How it stands at the end. */
  readonly state: "closed" | "half_open" | "open";
  readonly transitions: readonly {
    readonly from: string;
    readonly to: string;
    readonly count: number;
  }[];
  /** Calls refused while it was open. */
  readonly rejected: number;
}

export interface ModelSummary {
  readonly model: string;
  /** Calls, those that failed included. */
  readonly requests: number;
  readonly errors: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface CacheSummary {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
}

export interface WaitSummary {
  readonly name: string;
  readonly kind: string;
  readonly count: number;
  /** Those that somebody answered. */
  readonly completed: number;
  /** Those that nobody answered in time. */
  readonly timedOut: number;
}

/** How an SLO stands. What is null is not known, because nothing was judged. */
export interface SloSummary extends Pick<
  SloStatus,
  "name" | "objective" | "windowDays" | "state" | "events" | "bad" | "isBurning"
> {
  /** Good runs by all that were judged. */
  readonly compliance: number | null;
  /** Part of the error budget that is left; negative once overspent. */
  readonly errorBudgetRemaining: number | null;
}

export interface ProblemSummary {
  readonly code: string;
  readonly message: string;
  readonly count: number;
}
