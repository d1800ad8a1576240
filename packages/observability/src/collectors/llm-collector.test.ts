import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRegistry, llm, slot, type Registry } from "@tta-dev/primitives";
import { executionStatuses, type ExecutionStatus } from "@tta-dev/primitives/catalog";
import { createLlmCollector } from "./llm-collector.ts";
import type { LlmRequests, LlmUse } from "./llm-figures.ts";

interface Call {
  readonly provider: string;
  readonly model: string;
  readonly tier?: string | undefined;
  readonly status?: ExecutionStatus;
  readonly seconds?: number;
  readonly prompt?: number;
  readonly nanoUsd?: number | undefined;
}

function record(registry: Registry, call: Call): void {
  const { status = "success", seconds = 1, tier } = call;
  const labels = { llm_provider: call.provider, llm_model_name: call.model };
  registry
    .counter("llm.requests")
    .bind({ ...labels, llm_model_tier: tier, status })
    .add(1);
  registry
    .histogram("llm.request.duration")
    .bind({ ...labels, status })
    .record(seconds);
  registry
    .counter("llm.tokens.total")
    .bind({ ...labels, llm_token_type: "prompt" })
    .add(call.prompt ?? 0);
  if (call.nanoUsd === undefined) registry.counter("llm.unpriced_requests").bind(labels).add(1);
  else registry.counter("llm.cost.usd").bind(labels).addNanoUsd(call.nanoUsd);
}

describe("createLlmCollector", () => {
  it("has nothing where nothing was asked", () => {
    const { total, ...rest } = createLlmCollector({ registry: createRegistry() }).snapshot();
    expect(rest).toEqual({ models: [], providers: [], tiers: [] });
    expect(total).toMatchObject({
      requests: 0,
      errorRate: null,
      costUsd: null,
      latencySeconds: null,
      timeToFirstTokenSeconds: null,
    });
  });

  it("tells requests, tokens, money and times by model, provider and tier", () => {
    const registry = createRegistry();
    const large = { provider: "openai", model: "large", tier: "quality" };
    for (let call = 1; call <= 100; call++)
      record(registry, { ...large, seconds: call / 10, prompt: 10, nanoUsd: 1 });
    record(registry, { ...large, status: "timeout", seconds: 60 });
    record(registry, { ...large, status: "cancelled", seconds: 5 });
    record(registry, { provider: "anthropic", model: "small", tier: "fast", prompt: 3 });
    const labels = { llm_provider: "openai", llm_model_name: "large" };
    const detail = registry.counter("llm.tokens.detail");
    detail.bind({ ...labels, llm_token_type: "cache_read" }).add(400);
    detail.bind({ ...labels, llm_token_type: "reasoning" }).add(7);
    registry
      .counter("llm.tokens.total")
      .bind({ ...labels, llm_token_type: "completion" })
      .add(50);
    registry.histogram("llm.time_to_first_token").bind(labels).record(0.2);

    const snapshot = createLlmCollector({ registry }).snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    const [model] = snapshot.models;
    expect(model).toMatchObject({
      provider: "openai",
      model: "large",
      tiers: ["quality"],
      requests: 102,
      byStatus: { success: 100, error: 0, cancelled: 1, timeout: 1, rejected: 0 },
      errors: 1,
      errorRate: 1 / 101,
      tokens: { prompt: 1_000, completion: 50, cacheRead: 400, cacheWrite: 0, reasoning: 7 },
      costUsd: 1e-7,
      unpricedRequests: 2,
      latencySeconds: { count: 100, max: 10 },
      failedLatencySeconds: { count: 2, max: 60 },
      timeToFirstTokenSeconds: { count: 1, p50: 0.2 },
    });
    expect(model!.latencySeconds!.mean).toBeCloseTo(5.05);
    for (const [quantile, seconds] of [
      ["p50", 5],
      ["p90", 9],
      ["p95", 9.5],
      ["p99", 9.9],
    ] as const)
      expect(Math.abs(model!.latencySeconds![quantile] / seconds - 1)).toBeLessThan(0.0112);
    expect(snapshot.providers).toMatchObject([
      { provider: "openai", requests: 102 },
      { provider: "anthropic", requests: 1, costUsd: null, unpricedRequests: 1 },
    ]);
    expect(snapshot.tiers).toMatchObject([
      { tier: "quality", requests: 102, use: { tokens: { prompt: 1_000 } }, sharedModels: [] },
      { tier: "fast", requests: 1, use: { tokens: { prompt: 3 } } },
    ]);
    expect(snapshot.total).toMatchObject({
      requests: 103,
      costUsd: 1e-7,
      tokens: { prompt: 1_003 },
    });
  });

  it("does not guess what belongs to a tier where a model serves two", () => {
    const registry = createRegistry();
    record(registry, { provider: "openai", model: "large", tier: "quality" });
    record(registry, { provider: "openai", model: "large" });
    expect(createLlmCollector({ registry }).snapshot().tiers).toMatchObject([
      { tier: "quality", requests: 1, use: null, sharedModels: ["openai/large"] },
      { tier: "", requests: 1, use: null, sharedModels: ["openai/large"] },
    ]);
  });

  it("adds up: models, providers and tiers each make the total, to the nano-dollar", () => {
    const call = fc.record({
      provider: fc.constantFrom("a", "b"),
      model: fc.constantFrom("x", "y", "z"),
      tier: fc.constantFrom(undefined, "fast", "quality"),
      status: fc.constantFrom(...executionStatuses),
      seconds: fc.double({ min: 0.001, max: 100, noNaN: true }),
      prompt: fc.nat(10_000),
      nanoUsd: fc.option(fc.nat(5_000_000), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const registry = createRegistry();
        for (const one of calls) record(registry, one);
        const { total, models, providers, tiers } = createLlmCollector({ registry }).snapshot();
        const sum = <T>(of: readonly T[], read: (one: T) => number): number =>
          of.reduce((all, one) => all + read(one), 0);
        for (const parts of [models, providers, tiers])
          expect(sum<LlmRequests>(parts, ({ requests }) => requests)).toBe(calls.length);
        for (const parts of [models, providers, [total]]) {
          const tokens = sum<LlmUse>(parts, (one) => one.tokens.prompt);
          expect(tokens).toBe(sum(calls, (one) => one.prompt));
          const nano = sum<LlmUse>(parts, ({ costUsd }) => Math.round((costUsd ?? 0) * 1e9));
          expect(nano).toBe(sum(calls, ({ nanoUsd }) => nanoUsd ?? 0));
          const timed = ({ latencySeconds: good, failedLatencySeconds: bad }: LlmUse): number =>
            (good?.count ?? 0) + (bad?.count ?? 0);
          expect(sum<LlmUse>(parts, timed)).toBe(calls.length);
        }
      }),
    );
  });

  it("knows the calls of llm()", async () => {
    const ask = llm({
      provider: "collected",
      model: "collected-large",
      tier: "quality",
      call: async (prompt: string) => ({
        prompt,
        usage: { prompt_tokens: 5, completion_tokens: 2 },
      }),
    });
    await ask.execute("hello");
    const { providers } = createLlmCollector({ registry: slot().registry }).snapshot();
    expect(providers.find(({ provider }) => provider === "collected")).toMatchObject({
      requests: 1,
      errors: 0,
      errorRate: 0,
      tokens: { prompt: 5, completion: 2 },
      latencySeconds: { count: 1 },
    });
  });
});
