import type { MetricTable } from "./definition.ts";
import { genAiModalities, genAiOperations, genAiTokenTypes } from "./values.ts";

/** Bounds that the conventions ask for, in seconds: 0.01 × 2^k for k = 0 … 13. */
const durationBounds = Array.from({ length: 14 }, (_, k) => 0.01 * 2 ** k);

/** Bounds that the conventions ask for: powers of 4 up to 67,108,864 tokens. */
const tokenBounds = Array.from({ length: 14 }, (_, k) => 4 ** k);

const model = {
  gen_ai_operation_name: genAiOperations,
  gen_ai_provider_name: "open",
  gen_ai_request_model: "open",
  gen_ai_response_model: "open",
} as const;
const usageLabels = { ...model, gen_ai_token_modality: genAiModalities } as const;
const operationLabels = { ...model, error_type: "open" } as const;

/**
 * Model calls under the names of OpenTelemetry's GenAI conventions. Recorded where `slot().genAiMetrics` is on.
 *
 * `gen_ai.client.token.usage` is the name up to version 1.41 of the conventions; the counters and histograms of
 * `gen_ai.client.inference` have taken its place. The duration has kept its name.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-token-metrics.md
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md
 */
export const genAiMetrics = {
  "gen_ai.client.operation.duration": {
    kind: "histogram",
    unit: "s",
    help: "Time of a model call, as the GenAI conventions name it.",
    labels: operationLabels,
    bounds: durationBounds,
  },
  "gen_ai.client.token.usage": {
    kind: "histogram",
    unit: "{token}",
    help: "Tokens per model call, as the GenAI conventions named them up to 1.41.",
    labels: { ...model, gen_ai_token_type: genAiTokenTypes },
    bounds: tokenBounds,
  },
  "gen_ai.client.inference.usage.input_tokens": {
    kind: "counter",
    unit: "{token}",
    help: "Input tokens of model calls, cached ones included.",
    labels: usageLabels,
  },
  "gen_ai.client.inference.usage.output_tokens": {
    kind: "counter",
    unit: "{token}",
    help: "Output tokens of model calls, reasoning included.",
    labels: usageLabels,
  },
  "gen_ai.client.inference.usage.cache_read.input_tokens": {
    kind: "counter",
    unit: "{token}",
    help: "Input tokens that a provider read from its cache: a part of all input tokens.",
    labels: usageLabels,
  },
  "gen_ai.client.inference.usage.cache_write.input_tokens": {
    kind: "counter",
    unit: "{token}",
    help: "Input tokens that a provider wrote to its cache: a part of all input tokens.",
    labels: usageLabels,
  },
  "gen_ai.client.inference.usage.reasoning.output_tokens": {
    kind: "counter",
    unit: "{token}",
    help: "Output tokens that a model reasoned with: a part of all output tokens.",
    labels: usageLabels,
  },
  "gen_ai.client.inference.operation.input_tokens": {
    kind: "histogram",
    unit: "{token}",
    help: "Input tokens per model call.",
    labels: operationLabels,
    bounds: tokenBounds,
  },
  "gen_ai.client.inference.operation.output_tokens": {
    kind: "histogram",
    unit: "{token}",
    help: "Output tokens per model call.",
    labels: operationLabels,
    bounds: tokenBounds,
  },
} as const satisfies MetricTable;
