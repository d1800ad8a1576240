/** Tokens of one model call. Input includes what was cached, output includes reasoning. */
export interface LlmUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
}

type Counts = Readonly<Record<string, unknown>>;

/**
 * Reads the usage that a client's response carries: OpenAI chat completions and responses, Anthropic messages.
 *
 * Anthropic's wire format leaves cached tokens out of `input_tokens`; they are added, as OpenTelemetry's GenAI
 * conventions ask.
 *
 * @returns undefined where the response says nothing about tokens
 */
export function usageOf(response: unknown): LlmUsage | undefined {
  const usage = recordOf((response as { usage?: unknown } | null | undefined)?.usage);
  if (usage === undefined) return undefined;
  return openAiChat(usage) ?? anthropic(usage) ?? openAiResponses(usage);
}

/** The same usage without what is no count of tokens: a reader of one's own may be wrong, and sums are built on it. */
export function soundUsage({ inputTokens, outputTokens, ...details }: LlmUsage): LlmUsage {
  return usageFrom(count(inputTokens), count(outputTokens), details);
}

function openAiChat(usage: Counts): LlmUsage | undefined {
  const input = count(usage["prompt_tokens"]);
  const output = count(usage["completion_tokens"]);
  if (input === undefined && output === undefined) return undefined;
  return usageFrom(input, output, {
    cacheReadTokens: recordOf(usage["prompt_tokens_details"])?.["cached_tokens"],
    reasoningTokens: recordOf(usage["completion_tokens_details"])?.["reasoning_tokens"],
  });
}

function anthropic(usage: Counts): LlmUsage | undefined {
  if (!("cache_read_input_tokens" in usage) && !("cache_creation_input_tokens" in usage))
    return undefined;
  const read = count(usage["cache_read_input_tokens"]) ?? 0;
  const written = count(usage["cache_creation_input_tokens"]) ?? 0;
  return usageFrom(
    (count(usage["input_tokens"]) ?? 0) + read + written,
    count(usage["output_tokens"]),
    {
      cacheReadTokens: read,
      cacheWriteTokens: written,
    },
  );
}

function openAiResponses(usage: Counts): LlmUsage | undefined {
  const input = count(usage["input_tokens"]);
  const output = count(usage["output_tokens"]);
  if (input === undefined && output === undefined) return undefined;
  return usageFrom(input, output, {
    cacheReadTokens: recordOf(usage["input_tokens_details"])?.["cached_tokens"],
    reasoningTokens: recordOf(usage["output_tokens_details"])?.["reasoning_tokens"],
  });
}

function usageFrom(
  inputTokens: number | undefined,
  outputTokens: number | undefined,
  details: Readonly<Record<string, unknown>>,
): LlmUsage {
  const known: Record<string, number> = {};
  for (const [name, value] of Object.entries(details)) {
    const tokens = count(value);
    if (tokens !== undefined && tokens > 0) known[name] = tokens;
  }
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, ...known };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function recordOf(value: unknown): Counts | undefined {
  return value !== null && typeof value === "object" ? (value as Counts) : undefined;
}
