import type { ModelServerTally } from "./model-server/tally.ts";

/** What a run of the demo did: what `--json` prints and the terminal draws. Durations are milliseconds. */
export interface Summary {
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
  readonly primitives: readonly PrimitiveSummary[];
  readonly retries: RetrySummary;
  readonly fallbacks: readonly FallbackSummary[];
  readonly breakers: readonly BreakerSummary[];
  readonly tokens: { readonly prompt: number; readonly completion: number };
  readonly caches: readonly CacheSummary[];
  readonly handOffs: HandOffSummary;
  /** What the model's server counted, to compare with. */
  readonly modelServer: ModelServerTally;
}

export interface PrimitiveSummary {
  readonly name: string;
  readonly type: string;
  readonly executions: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
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
  /** The alternative that served. */
  readonly servedBy: string;
  readonly activations: number;
}

export interface BreakerSummary {
  readonly name: string;
  /** How it stands at the end: closed, half-open or open. */
  readonly state: string;
  readonly transitions: readonly {
    readonly from: string;
    readonly to: string;
    readonly count: number;
  }[];
  /** Calls refused while it was open. */
  readonly rejected: number;
}

export interface CacheSummary {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
}

export interface HandOffSummary {
  readonly asked: number;
  readonly answered: number;
}
