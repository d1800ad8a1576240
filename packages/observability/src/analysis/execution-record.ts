import type { EndedRun, Registry } from "@tta-dev/primitives";
import type { ExecutionStatus, SavingsMechanism } from "@tta-dev/primitives/catalog";
import { executionStatuses, savingsMechanisms } from "@tta-dev/primitives/catalog";
import { checkAmount, checkObject, checkText, checkWord } from "./wrong-argument.ts";

/** One run of something that is no workflow of this toolkit, as `recordExecution` takes it. */
export interface ExecutionRecord {
  /** From start to end, in milliseconds. */
  readonly durationMs: number;
  readonly status: ExecutionStatus;
  /** What went wrong: a code or the class of the error, never a message. It becomes a label. @default none */
  readonly errorType?: string;
  /** Kind of agent that did it. It becomes a label. @default none */
  readonly agentType?: string;
  /** What it cost, in USD. @default 0 */
  readonly costUsd?: number;
  /** What it did not cost because of `savedBy`, in USD. @default 0 */
  readonly savingsUsd?: number;
  /** @default "response_cache" */
  readonly savedBy?: SavingsMechanism;
  /** The model that the cost is for. @default none */
  readonly model?: string;
  /** Whose model it is. @default none */
  readonly provider?: string;
}

/** @throws TypeError or RangeError for a wrong field */
export function checkExecution(name: string, execution: ExecutionRecord): void {
  checkText("recordExecution: name", name);
  checkObject("recordExecution: execution", execution);
  const { status, durationMs, costUsd = 0, savingsUsd = 0, savedBy } = execution;
  checkAmount("recordExecution: durationMs", durationMs);
  checkWord("recordExecution: status", status, executionStatuses);
  checkAmount("recordExecution: costUsd", costUsd);
  checkAmount("recordExecution: savingsUsd", savingsUsd);
  if (savedBy !== undefined) checkWord("recordExecution: savedBy", savedBy, savingsMechanisms);
  for (const label of ["errorType", "agentType", "model", "provider"] as const)
    if (execution[label] !== undefined) checkText(`recordExecution: ${label}`, execution[label]);
}

/** Records what a workflow of this name would have recorded. */
export function recordRun(registry: Registry, workflow: string, execution: ExecutionRecord): void {
  const { durationMs, status, errorType, agentType, costUsd = 0, savingsUsd = 0 } = execution;
  const labels = {
    primitive_name: workflow,
    primitive_type: "workflow",
    workflow_name: workflow,
    status,
  } as const;
  registry
    .counter("primitive.execution.count")
    .bind({ ...labels, agent_type: agentType, error_type: errorType })
    .add();
  registry
    .histogram("primitive.execution.duration")
    .bind(labels)
    .record(durationMs / 1000);
  if (costUsd > 0)
    registry
      .counter("llm.cost.usd")
      .bind({
        llm_provider: execution.provider,
        llm_model_name: execution.model,
        workflow_name: workflow,
        agent_type: agentType,
      })
      .add(costUsd);
  if (savingsUsd > 0)
    registry
      .counter("llm.cost.savings.usd")
      .bind({ mechanism: execution.savedBy ?? "response_cache", workflow_name: workflow })
      .add(savingsUsd);
}

/** Says what whoever listens to runs is told of it. */
export function endedRun(
  workflow: string,
  { durationMs, status, errorType, agentType, costUsd = 0 }: ExecutionRecord,
  { workflowId, endedAtMs }: Pick<EndedRun, "workflowId" | "endedAtMs">,
): EndedRun {
  return {
    workflowName: workflow,
    workflowId,
    primitiveName: workflow,
    isRoot: true,
    status,
    endedAtMs,
    durationSeconds: durationMs / 1000,
    pausedSeconds: 0,
    costNanoUsd: Math.round(costUsd * 1e9),
    tokens: 0,
    ...(errorType !== undefined && { errorType }),
    ...(agentType !== undefined && { agentType }),
  };
}
