import type { Attributes } from "@opentelemetry/api";
import { tellScore } from "../telemetry/tell-run.ts";
import type { CallContext } from "./call-context.ts";

/** Puts a score on the run, as the GenAI conventions' evaluation event and as a metric. */
export function score(
  call: CallContext,
  given: {
    readonly name: string;
    readonly value: number;
    readonly label?: string;
    readonly explanation?: string;
  },
): void {
  if (call.branch.runtime.replaying) return;
  const { labels } = call.fields;
  labels.registry
    .histogram("evaluation.score")
    .bind({ score_name: given.name, workflow_name: labels.workflowName })
    .record(given.value);
  const attributes: Attributes = {
    "gen_ai.evaluation.name": given.name,
    "gen_ai.evaluation.score.value": given.value,
    ...(given.label !== undefined && { "gen_ai.evaluation.score.label": given.label }),
    ...(given.explanation !== undefined && { "gen_ai.evaluation.explanation": given.explanation }),
  };
  tellScore(call, given);
  call.branch.run.rootSpan?.addEvent("gen_ai.evaluation.result", attributes);
}
