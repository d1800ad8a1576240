/**
 * Every label: its Prometheus spelling, and the attribute it is over OTLP.
 *
 * A label that is also a span attribute is spelt like it, so that spans and metrics join.
 */
export const labelAttributes = {
  primitive_name: "primitive.name",
  primitive_type: "primitive.type",
  workflow_name: "workflow.name",
  agent_type: "agent.type",
  status: "status",
  error_type: "error.type",
  source_primitive: "source.primitive",
  target_primitive: "target.primitive",
  connection_type: "connection.type",
  outcome: "outcome",
  reason: "reason",
  served_by: "served_by",
  kind: "kind",
  step: "step",
  ended_by: "ended_by",
  wait_kind: "wait.kind",
  score_name: "score_name",
  from: "from",
  to: "to",
  cache_type: "cache.type",
  budget: "budget",
  decision: "decision",
  route: "route",
  llm_provider: "llm.provider",
  llm_model_name: "llm.model_name",
  llm_model_tier: "llm.model_tier",
  llm_token_type: "llm.token_type",
  gen_ai_operation_name: "gen_ai.operation.name",
  gen_ai_provider_name: "gen_ai.provider.name",
  gen_ai_request_model: "gen_ai.request.model",
  gen_ai_response_model: "gen_ai.response.model",
  gen_ai_token_type: "gen_ai.token.type",
  gen_ai_token_modality: "gen_ai.token.modality",
  mechanism: "mechanism",
  slo: "slo",
  window: "window",
  component: "component",
  gate: "gate",
  signal: "signal",
  series: "series",
  metric: "metric",
  label: "label",
} as const;

/** A label, in Prometheus spelling. */
export type LabelName = keyof typeof labelAttributes;

/** The value under which a label's values are added up once there are too many of them. */
export const OTHER = "__other__";
