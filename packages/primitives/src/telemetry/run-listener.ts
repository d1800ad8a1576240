import type { Span } from "@opentelemetry/api";
import type { ExecutionStatus } from "../catalog/values.ts";

/** What is known of a run, or of a workflow inside one, when it has settled. */
export interface EndedRun {
  /** Undefined where a primitive was executed without a workflow around it. */
  readonly workflowName?: string;
  readonly workflowId: string;
  readonly primitiveName: string;
  /** False for a workflow inside a run. */
  readonly isRoot: boolean;
  readonly status: ExecutionStatus;
  /** Code or class of the error, as in `error.type`; absent where it succeeded. */
  readonly errorType?: string;
  /** Moment of the end, epoch milliseconds. */
  readonly endedAtMs: number;
  /** From start to end. */
  readonly durationSeconds: number;
  /** Part of it that was spent in `waitFor`: a person's time, not the workflow's. Waits of concurrent branches add up, never beyond the duration. */
  readonly pausedSeconds: number;
  /** Of all calls of models in it, billionths of a dollar. */
  readonly costNanoUsd: number;
  /** Tokens of all calls of models in it. */
  readonly tokens: number;
  readonly correlationId?: string;
  readonly agentType?: string;
  /** Hex; absent without an SDK. */
  readonly traceId?: string;
  readonly spanId?: string;
  /** Its span where it is recorded: not ended yet, so that a listener may add what it finds. */
  readonly span?: Span;
}

/** A score that a run was given by `context.score`. */
export interface RunScore {
  readonly name: string;
  readonly value: number;
  readonly label?: string;
  readonly workflowName?: string;
  readonly workflowId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** Is told of runs while they happen: what judges them (SLOs), counts them or shows them. */
export interface RunListener {
  readonly ended?: (run: EndedRun) => void;
  readonly scored?: (score: RunScore) => void;
}
