import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { metricDescriptor } from "../catalog/descriptor.ts";
import type { MetricName } from "../catalog/metrics.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import type { HistogramSeries, NumberSeries } from "../metrics/snapshot.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { llm, type LlmOptions } from "./llm.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
  slot().genAiMetrics = true;
});
afterEach(() => {
  slot().genAiMetrics = false;
});

const answer = {
  model: "gpt-x-2026",
  usage: {
    prompt_tokens: 100,
    completion_tokens: 20,
    prompt_tokens_details: { cached_tokens: 60 },
    completion_tokens_details: { reasoning_tokens: 5 },
  },
};
const model = ["chat", "openai", "gpt-x"];

const ask = (call: LlmOptions<string, unknown>["call"]) =>
  llm<string, unknown>({ provider: "openai", model: "gpt-x", call });

/** Series by their labels. */
function seriesOf(name: MetricName): Record<string, NumberSeries | HistogramSeries> {
  const metric = registry.snapshot().metrics.find((one) => one.name === name);
  return Object.fromEntries((metric?.series ?? []).map((one) => [one.labelValues.join("|"), one]));
}

const genAiNames = (): string[] =>
  registry
    .snapshot()
    .metrics.map(({ name }) => name)
    .filter((name) => name.startsWith("gen_ai."));

describe("a model call under the names of the GenAI conventions", () => {
  it("is not recorded unless it is asked for", async () => {
    slot().genAiMetrics = false;
    await ask(async () => answer).execute("hi");
    await ask(() => Promise.reject(new Error("500")))
      .execute("hi")
      .catch(() => undefined);
    expect(genAiNames()).toEqual([]);
  });

  it("has its duration, with the model that answered", async () => {
    const slow = ask(async (_input, context) => {
      await context.sleep("model", 2500);
      return answer;
    });
    await virtualRuntime().execute(slow, "hi");
    expect(seriesOf("gen_ai.client.operation.duration")).toMatchObject({
      [[...model, "gpt-x-2026", ""].join("|")]: { count: 1, sum: 2.5 },
    });
  });

  it("has its tokens in today's counters, parts of them apart", async () => {
    await ask(async () => answer).execute("hi");
    const key = [...model, "gpt-x-2026", "unknown"].join("|");
    const tokens = (what: "input" | "output"): unknown =>
      seriesOf(`gen_ai.client.inference.usage.${what}_tokens`)[key];
    expect([tokens("input"), tokens("output")]).toMatchObject([{ value: 100 }, { value: 20 }]);
    expect([
      seriesOf("gen_ai.client.inference.usage.cache_read.input_tokens")[key],
      seriesOf("gen_ai.client.inference.usage.cache_write.input_tokens")[key],
      seriesOf("gen_ai.client.inference.usage.reasoning.output_tokens")[key],
    ]).toMatchObject([{ value: 60 }, { value: 0 }, { value: 5 }]);
  });

  it("has its tokens in the histograms of today and of 1.41", async () => {
    await ask(async () => answer).execute("hi");
    const answered = [...model, "gpt-x-2026"];
    const now = [...answered, ""].join("|");
    expect(seriesOf("gen_ai.client.inference.operation.input_tokens")).toMatchObject({
      [now]: { count: 1, sum: 100 },
    });
    expect(seriesOf("gen_ai.client.inference.operation.output_tokens")).toMatchObject({
      [now]: { count: 1, sum: 20 },
    });
    expect(seriesOf("gen_ai.client.token.usage")).toMatchObject({
      [[...answered, "input"].join("|")]: { count: 1, sum: 100 },
      [[...answered, "output"].join("|")]: { count: 1, sum: 20 },
    });
  });

  it("that failed has its error's type, and no tokens", async () => {
    const error = Object.assign(new Error("slow down"), { code: "rate_limit_exceeded" });
    await ask(() => Promise.reject(error))
      .execute("hi")
      .catch(() => undefined);
    const failed = [...model, "", "rate_limit_exceeded"].join("|");
    expect(seriesOf("gen_ai.client.operation.duration")).toMatchObject({ [failed]: { count: 1 } });
    expect(seriesOf("gen_ai.client.inference.operation.input_tokens")).toMatchObject({
      [failed]: { count: 1, zeroCount: 1 },
    });
    expect(seriesOf("gen_ai.client.token.usage")).toEqual({});
  });

  it("whose response says nothing of tokens counts as one of none, today", async () => {
    await ask(async () => "text").execute("hi");
    const key = [...model, "", "unknown"].join("|");
    expect(seriesOf("gen_ai.client.inference.usage.input_tokens")).toMatchObject({
      [key]: { value: 0 },
    });
    expect(seriesOf("gen_ai.client.token.usage")).toEqual({});
  });

  it("is recorded although its response cannot be read", async () => {
    const response = {
      get model(): string {
        throw new Error("mine");
      },
    };
    expect(await ask(async () => response).execute("hi")).toBe(response);
    expect(Object.values(seriesOf("gen_ai.client.operation.duration"))).toMatchObject([
      { count: 1 },
    ]);
  });
});

describe("the bounds that the conventions ask for", () => {
  const tokens = [
    1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
    67_108_864,
  ];
  const seconds = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
  ];

  it.each<[MetricName, readonly number[]]>([
    ["gen_ai.client.operation.duration", seconds],
    ["gen_ai.client.token.usage", tokens],
    ["gen_ai.client.inference.operation.input_tokens", tokens],
    ["gen_ai.client.inference.operation.output_tokens", tokens],
  ])("are those of %s", (name, bounds) => {
    expect(metricDescriptor(name).bounds).toEqual(bounds);
  });
});
