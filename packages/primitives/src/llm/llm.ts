import { SpanKind } from "@opentelemetry/api";
import type { WorkflowContext } from "../context.ts";
import type { CallContext } from "../door/call-context.ts";
import { failureOf, type ExecutionStatus } from "../door/status.ts";
import {
  checkFunction,
  checkOptionalBoolean,
  checkOptionalNumber,
  checkOptions,
  COUNT,
} from "../options.ts";
import { checkName, primitiveOf, type Primitive } from "../primitive.ts";
import { slot } from "../slot.ts";
import { TreeNode } from "../tree/node.ts";
import { LlmMeters } from "./llm-meters.ts";
import { soundUsage, usageOf, type LlmUsage } from "./usage.ts";

export interface LlmOptions<I, O> {
  /** As in OpenTelemetry's `gen_ai.provider.name`: "openai", "anthropic", "aws.bedrock", … */
  readonly provider: string;
  /** The model that is asked for. */
  readonly model: string;
  /** Calls the model; any client. Turn the client's own retries off: they hide attempts. */
  readonly call: (input: I, context: WorkflowContext) => O | PromiseLike<O>;
  /** Reads the tokens out of the response. @default OpenAI's and Anthropic's formats */
  readonly usage?: (response: O) => LlmUsage | undefined;
  /** @default the model */
  readonly name?: string;
  /** For example "fast", "balanced", "quality". @default the context's `llmModelTier` */
  readonly tier?: string;
  /** The most tokens one answer may take: bounds the cost in `explain`. */
  readonly maxTokens?: number;
  /** Calling twice does no harm. @default false */
  readonly idempotent?: boolean;
}

/**
 * Makes a step of a model call: span `chat {model}` as in OpenTelemetry's GenAI conventions, `llm.*` metrics, tokens.
 *
 * A call that fails keeps its span, its duration and its error type.
 *
 * @throws whatever `call` throws; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { llm } from "@tta-dev/primitives";
 *
 * const draft = llm({
 *   provider: "openai",
 *   model: "gpt-5-mini",
 *   call: async (prompt: string, { signal }) => {
 *     const response = await fetch("http://127.0.0.1:8080/v1/chat/completions", { method: "POST", body: prompt, signal });
 *     return (await response.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
 *   },
 * });
 * ```
 */
export function llm<I, O>(options: LlmOptions<I, O>): Primitive<I, O> {
  checkOptions(options, "llm(options)");
  const { call, usage = usageOf, tier, idempotent } = options;
  const provider = checkName(options.provider, "llm({ provider })");
  const model = checkName(options.model, "llm({ model })");
  const name = options.name === undefined ? model : checkName(options.name, "llm({ name })");
  if (tier !== undefined) checkName(tier, "llm({ tier })");
  checkFunction(call, "llm({ call })");
  checkFunction(options.usage, "llm({ usage })", true);
  checkOptionalBoolean(idempotent, "llm({ idempotent })");
  const maxTokens = checkOptionalNumber(options.maxTokens, "llm({ maxTokens })", COUNT);
  return primitiveOf(
    new TreeNode({
      type: "llm",
      name,
      leaf: true,
      span: {
        name: `chat ${model}`,
        kind: SpanKind.CLIENT,
        startAttributes: Object.freeze({
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": provider,
          "gen_ai.request.model": model,
        }),
      },
      options: {
        provider,
        model,
        ...(tier !== undefined && { tier }),
        ...(maxTokens !== undefined && { maxTokens }),
        ...(idempotent !== undefined && { idempotent }),
      },
      meters: (_name, registry) => new LlmMeters(registry, { provider, model }),
      run: (input: I, context) => observed(context, { tier, usage }, () => call(input, context)),
    }),
  );
}

interface Observed<O> {
  readonly tier: string | undefined;
  readonly usage: (response: O) => LlmUsage | undefined;
}

async function observed<O>(
  context: CallContext,
  { tier, usage }: Observed<O>,
  call: () => O | PromiseLike<O>,
): Promise<O> {
  const meters = context.place.handles(context.fields.labels).meters as LlmMeters;
  const startedAt = context.runtime.elapsed();
  const end = (status: ExecutionStatus): number => {
    const seconds = (context.runtime.elapsed() - startedAt) / 1000;
    meters.ended({ status, tier: tier ?? context.llmModelTier, seconds });
    return seconds;
  };
  let response: O;
  try {
    response = await call();
  } catch (error) {
    const { status, type } = failureOf(error, context.branch.scope.stopped);
    const seconds = end(status);
    if (slot().genAiMetrics) meters.genAi({ seconds, errorType: type });
    throw error;
  }
  const seconds = end("success");
  noteResponse(context, response, { usage, meters, seconds });
  return response;
}

/** Telemetry never changes a result: whatever the response looks like, it is handed on. */
function noteResponse<O>(
  context: CallContext,
  response: O,
  {
    usage,
    meters,
    seconds,
  }: {
    readonly usage: (response: O) => LlmUsage | undefined;
    readonly meters: LlmMeters;
    readonly seconds: number;
  },
): void {
  try {
    const used = readUsage(response, usage);
    const { model, id } = readIdentity(response);
    if (slot().genAiMetrics) meters.genAi({ seconds, usage: used, responseModel: model });
    if (used === undefined) return;
    meters.used(used);
    context.branch.run.tokens += used.inputTokens + used.outputTokens;
    if (!context.isRecording) return;
    context.span!.setAttributes({
      "gen_ai.usage.input_tokens": used.inputTokens,
      "gen_ai.usage.output_tokens": used.outputTokens,
      ...(used.cacheReadTokens !== undefined && {
        "gen_ai.usage.cache_read.input_tokens": used.cacheReadTokens,
      }),
      ...(used.cacheWriteTokens !== undefined && {
        "gen_ai.usage.cache_write.input_tokens": used.cacheWriteTokens,
      }),
      ...(used.reasoningTokens !== undefined && {
        "gen_ai.usage.reasoning.output_tokens": used.reasoningTokens,
      }),
      ...(model !== undefined && { "gen_ai.response.model": model }),
      ...(id !== undefined && { "gen_ai.response.id": id }),
    });
  } catch {
    // A span that takes no attributes is no reason to lose an answer.
  }
}

/** A reader of usage that throws, or says nothing of use, has nothing to say about this response. */
function readUsage<O>(
  response: O,
  usage: (response: O) => LlmUsage | undefined,
): LlmUsage | undefined {
  try {
    const read = usage(response);
    return read === undefined ? undefined : soundUsage(read);
  } catch {
    return undefined;
  }
}

/** What the response says of itself, as OpenAI's and Anthropic's formats have it. */
function readIdentity(response: unknown): { readonly model?: string; readonly id?: string } {
  try {
    const { model, id } = (response ?? {}) as { model?: unknown; id?: unknown };
    return {
      ...(typeof model === "string" && model !== "" && { model }),
      ...(typeof id === "string" && id !== "" && { id }),
    };
  } catch {
    return {};
  }
}
