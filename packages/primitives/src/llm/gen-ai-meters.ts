import type { Registry } from "../metrics/registry.ts";
import type { LlmUsage } from "./usage.ts";

/** A model call that ended. */
export interface EndedCall {
  readonly provider: string;
  readonly model: string;
  readonly seconds: number;
  /** The model that says that it answered. */
  readonly responseModel?: string | undefined;
  /** Absent where the call failed, and where the response says nothing of tokens. */
  readonly usage?: LlmUsage | undefined;
  /** Absent where it succeeded. */
  readonly errorType?: string;
}

/**
 * Records a model call under the names of OpenTelemetry's GenAI conventions: those of today, and the one up to 1.41.
 *
 * Today's count a call without a usage as one of 0 tokens, a failed one too; the older one leaves it out. Both as the
 * conventions ask.
 */
export function recordGenAi(registry: Registry, call: EndedCall): void {
  const { usage, errorType } = call;
  const model = {
    gen_ai_operation_name: "chat",
    gen_ai_provider_name: call.provider,
    gen_ai_request_model: call.model,
    gen_ai_response_model: call.responseModel,
  } as const;
  const operation = { ...model, error_type: errorType };
  const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
  registry.histogram("gen_ai.client.operation.duration").bind(operation).record(call.seconds);
  registry
    .histogram("gen_ai.client.inference.operation.input_tokens")
    .bind(operation)
    .record(inputTokens);
  registry
    .histogram("gen_ai.client.inference.operation.output_tokens")
    .bind(operation)
    .record(outputTokens);

  const counted = {
    "gen_ai.client.inference.usage.input_tokens": inputTokens,
    "gen_ai.client.inference.usage.output_tokens": outputTokens,
    "gen_ai.client.inference.usage.cache_read.input_tokens": usage?.cacheReadTokens,
    "gen_ai.client.inference.usage.cache_write.input_tokens": usage?.cacheWriteTokens,
    "gen_ai.client.inference.usage.reasoning.output_tokens": usage?.reasoningTokens,
  } as const;
  for (const name of Object.keys(counted) as (keyof typeof counted)[]) {
    registry
      .counter(name)
      .bind({ ...model, gen_ai_token_modality: "unknown" })
      .add(counted[name] ?? 0);
  }

  if (usage === undefined) return;
  const perCall = registry.histogram("gen_ai.client.token.usage");
  perCall.bind({ ...model, gen_ai_token_type: "input" }).record(inputTokens);
  perCall.bind({ ...model, gen_ai_token_type: "output" }).record(outputTokens);
}
