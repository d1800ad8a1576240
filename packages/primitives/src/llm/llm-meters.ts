import type { ExecutionStatus } from "../catalog/values.ts";
import type { Registry } from "../metrics/registry.ts";
import type { EndedCall } from "./gen-ai-meters.ts";
import { recordGenAi } from "./gen-ai-meters.ts";
import type { LlmUsage } from "./usage.ts";

/** The `llm.*` series of one model. */
export class LlmMeters {
  readonly #registry: Registry;
  readonly #called: { readonly provider: string; readonly model: string };
  readonly #labels: { readonly llm_provider: string; readonly llm_model_name: string };

  constructor(
    registry: Registry,
    { provider, model }: { readonly provider: string; readonly model: string },
  ) {
    this.#registry = registry;
    this.#called = { provider, model };
    this.#labels = { llm_provider: provider, llm_model_name: model };
    for (const type of ["prompt", "completion"] as const)
      registry.counter("llm.tokens.total").bind({ ...this.#labels, llm_token_type: type });
  }

  ended(call: {
    readonly status: ExecutionStatus;
    readonly tier: string | undefined;
    readonly seconds: number;
  }): void {
    const { status } = call;
    this.#registry
      .counter("llm.requests")
      .bind({ ...this.#labels, llm_model_tier: call.tier, status })
      .add(1);
    this.#registry
      .histogram("llm.request.duration")
      .bind({ ...this.#labels, status })
      .record(call.seconds);
  }

  used(usage: LlmUsage): void {
    const total = this.#registry.counter("llm.tokens.total");
    total.bind({ ...this.#labels, llm_token_type: "prompt" }).add(usage.inputTokens);
    total.bind({ ...this.#labels, llm_token_type: "completion" }).add(usage.outputTokens);
    const detail = this.#registry.counter("llm.tokens.detail");
    const { cacheReadTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0 } = usage;
    if (cacheReadTokens > 0)
      detail.bind({ ...this.#labels, llm_token_type: "cache_read" }).add(cacheReadTokens);
    if (cacheWriteTokens > 0)
      detail.bind({ ...this.#labels, llm_token_type: "cache_write" }).add(cacheWriteTokens);
    if (reasoningTokens > 0)
      detail.bind({ ...this.#labels, llm_token_type: "reasoning" }).add(reasoningTokens);
  }

  /** The same call under the names of the GenAI conventions. */
  genAi(call: Omit<EndedCall, "provider" | "model">): void {
    recordGenAi(this.#registry, { ...this.#called, ...call });
  }
}
