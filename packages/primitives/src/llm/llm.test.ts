import { beforeEach, describe, expect, it } from "vitest";
import type { ExecutionStatus } from "../catalog/values.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { retry } from "../recovery/retry.ts";
import { timeout } from "../recovery/timeout.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { llm, type LlmOptions } from "./llm.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const labels = { llm_provider: "openai", llm_model_name: "gpt-x" };
const answer = {
  id: "r-1",
  model: "gpt-x-2026",
  usage: {
    prompt_tokens: 100,
    completion_tokens: 20,
    prompt_tokens_details: { cached_tokens: 60 },
    completion_tokens_details: { reasoning_tokens: 5 },
  },
};

const requests = (status: ExecutionStatus, tier?: string): number =>
  registry.counter("llm.requests").bind({ ...labels, llm_model_tier: tier, status }).value;
const tokens = (type: "prompt" | "completion"): number =>
  registry.counter("llm.tokens.total").bind({ ...labels, llm_token_type: type }).value;
const detail = (type: "cache_read" | "cache_write" | "reasoning"): number =>
  registry.counter("llm.tokens.detail").bind({ ...labels, llm_token_type: type }).value;

const ask = (options: Partial<LlmOptions<string, unknown>> = {}) =>
  llm<string, unknown>({
    provider: "openai",
    model: "gpt-x",
    call: async () => answer,
    ...options,
  });

describe("a model call", () => {
  it("returns the client's response as it is", async () => {
    expect(await ask().execute("hi")).toBe(answer);
  });

  it("gives the client the input and a context with a signal", async () => {
    const given: unknown[] = [];
    await ask({
      call: async (input: string, { signal, userId }: WorkflowContext) => {
        given.push(input, signal instanceof AbortSignal, userId);
      },
    }).execute("hi", { userId: "u" });
    expect(given).toEqual(["hi", true, "u"]);
  });

  it("counts requests, their duration and their tokens", async () => {
    const slow = ask({
      call: async (_input: string, context: WorkflowContext) => {
        await context.sleep("model", 2_500);
        return answer;
      },
    });
    await virtualRuntime().execute(slow, "hi");
    expect(requests("success")).toBe(1);
    expect(tokens("prompt")).toBe(100);
    expect(tokens("completion")).toBe(20);
    expect([detail("cache_read"), detail("cache_write"), detail("reasoning")]).toEqual([60, 0, 5]);
    const duration = registry
      .histogram("llm.request.duration")
      .bind({ ...labels, status: "success" });
    expect(duration.data()).toMatchObject({ count: 1, sum: 2.5 });
  });

  it("counts cache writes as Anthropic reports them", async () => {
    await ask({
      call: async () => ({
        usage: {
          input_tokens: 1,
          output_tokens: 2,
          cache_read_input_tokens: 0,
          cache_creation_input_tokens: 30,
        },
      }),
    }).execute("hi");
    expect([tokens("prompt"), detail("cache_write"), detail("cache_read")]).toEqual([31, 30, 0]);
  });

  it("that fails is counted too, with its duration, and rejects with the client's error", async () => {
    const error = new Error("500");
    await expect(ask({ call: () => Promise.reject(error) }).execute("hi")).rejects.toBe(error);
    await expect(
      ask({
        call: () => {
          throw error;
        },
      }).execute("hi"),
    ).rejects.toBe(error);
    expect(requests("error")).toBe(2);
    const duration = registry
      .histogram("llm.request.duration")
      .bind({ ...labels, status: "error" });
    expect(duration.data().count).toBe(2);
  });

  it("that is cut short counts as a timeout or as cancelled", async () => {
    const hanging = ask({
      call: (_input: string, context: WorkflowContext) => context.sleep("model", 60_000),
    });
    await virtualRuntime()
      .execute(timeout(hanging, { timeoutMs: 50 }), "hi")
      .catch(() => undefined);
    expect(requests("timeout")).toBe(1);
    const controller = new AbortController();
    await ask({
      call: async (_input: string, { signal }: WorkflowContext) => {
        controller.abort(new Error("stop"));
        throw signal.reason;
      },
    })
      .execute("hi", { signal: controller.signal })
      .catch(() => undefined);
    expect(requests("cancelled")).toBe(1);
  });

  it("counts every attempt of a retry as a request", async () => {
    let calls = 0;
    const flaky = ask({
      call: async () => {
        if (calls++ < 2) throw new Error("502");
        return answer;
      },
    });
    await retry(flaky, { attempts: 3, backoff: { kind: "constant", delayMs: 0 } }).execute("hi");
    expect([requests("error"), requests("success"), tokens("prompt")]).toEqual([2, 1, 100]);
  });

  it("is of the tier it was given, else of the context's", async () => {
    await ask({ tier: "fast" }).execute("hi", { llmModelTier: "quality" });
    await ask().execute("hi", { llmModelTier: "quality" });
    expect([requests("success", "fast"), requests("success", "quality")]).toEqual([1, 1]);
  });

  it("reads tokens as it is told to", async () => {
    await ask({
      call: async () => "text",
      usage: (response) => ({ inputTokens: String(response).length, outputTokens: 9 }),
    }).execute("hi");
    expect([tokens("prompt"), tokens("completion")]).toEqual([4, 9]);
  });

  it("with no response reads tokens as it is told to", async () => {
    await ask({
      call: async () => null,
      usage: () => ({ inputTokens: 1, outputTokens: 2 }),
    }).execute("hi");
    expect([tokens("prompt"), tokens("completion")]).toEqual([1, 2]);
  });

  it("returns its response although the reader of usage throws or says nonsense", async () => {
    const broken = ask({
      usage: () => {
        throw new Error("mine");
      },
    });
    expect(await broken.execute("hi")).toBe(answer);
    expect(await ask({ usage: () => null as never }).execute("hi")).toBe(answer);
    const nonsense = ask({ usage: () => ({ inputTokens: Number.NaN, outputTokens: -5 }) });
    expect(await nonsense.execute("hi")).toBe(answer);
    expect([tokens("prompt"), tokens("completion")]).toEqual([0, 0]);
  });

  it("has series of its tokens from the moment the workflow is built", () => {
    workflow("w", ask());
    const metric = registry.snapshot().metrics.find(({ name }) => name === "llm.tokens.total");
    expect(metric?.series.map(({ labelValues }) => labelValues)).toEqual([
      ["openai", "gpt-x", "prompt"],
      ["openai", "gpt-x", "completion"],
    ]);
  });

  it("is called after its model unless it has a name", () => {
    expect(ask().name).toBe("gpt-x");
    expect(ask({ name: "draft" }).name).toBe("draft");
  });

  it("has as data what bounds its cost", () => {
    expect(ask({ tier: "fast", maxTokens: 500, idempotent: true }).describe().options).toEqual({
      provider: "openai",
      model: "gpt-x",
      tier: "fast",
      maxTokens: 500,
      idempotent: true,
    });
  });
});

describe("a wrong model call", () => {
  it.each<[string, unknown, Error]>([
    ["options", null, new TypeError("llm(options): expected an options object, got null")],
    [
      "provider",
      { provider: "" },
      new TypeError(
        'llm({ provider }): expected a non-empty string of at most 200 characters, got ""',
      ),
    ],
    [
      "model",
      { model: 5 },
      new TypeError("llm({ model }): expected a non-empty string of at most 200 characters, got 5"),
    ],
    [
      "name",
      { name: "" },
      new TypeError('llm({ name }): expected a non-empty string of at most 200 characters, got ""'),
    ],
    [
      "tier",
      { tier: "" },
      new TypeError('llm({ tier }): expected a non-empty string of at most 200 characters, got ""'),
    ],
    [
      "call",
      { call: undefined },
      new TypeError("llm({ call }): expected a function, got undefined"),
    ],
    [
      "usage",
      { usage: {} },
      new TypeError("llm({ usage }): expected a function, got a value of type object"),
    ],
    [
      "tokens",
      { maxTokens: 0 },
      new RangeError("llm({ maxTokens }): expected a whole number of at least 1, got 0"),
    ],
  ])("is refused for its %s", (_what, options, error) => {
    const given =
      options === null
        ? null
        : { provider: "p", model: "m", call: () => 1, ...(options as object) };
    expect(() => llm(given as never)).toThrow(error);
  });
});
