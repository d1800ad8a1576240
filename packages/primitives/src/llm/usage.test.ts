import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { soundUsage, usageOf } from "./usage.ts";

describe("usage is read from", () => {
  it.each<[string, unknown, unknown]>([
    [
      "an OpenAI chat completion",
      { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
      { inputTokens: 12, outputTokens: 5 },
    ],
    [
      "an OpenAI chat completion with details",
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 80, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      { inputTokens: 100, outputTokens: 50, cacheReadTokens: 80, reasoningTokens: 30 },
    ],
    ["an embedding", { prompt_tokens: 8, total_tokens: 8 }, { inputTokens: 8, outputTokens: 0 }],
    [
      "an OpenAI response",
      {
        input_tokens: 36,
        input_tokens_details: { cached_tokens: 10 },
        output_tokens: 87,
        output_tokens_details: { reasoning_tokens: 7 },
      },
      { inputTokens: 36, outputTokens: 87, cacheReadTokens: 10, reasoningTokens: 7 },
    ],
    [
      "an Anthropic message, whose input tokens leave out cached ones",
      {
        input_tokens: 10,
        output_tokens: 20,
        cache_read_input_tokens: 1_000,
        cache_creation_input_tokens: 200,
      },
      { inputTokens: 1_210, outputTokens: 20, cacheReadTokens: 1_000, cacheWriteTokens: 200 },
    ],
    [
      "an Anthropic message without a cache",
      {
        input_tokens: 10,
        output_tokens: 20,
        cache_read_input_tokens: null,
        cache_creation_input_tokens: 0,
      },
      { inputTokens: 10, outputTokens: 20 },
    ],
    [
      "a usage that has one of its counts",
      { completion_tokens: 5 },
      { inputTokens: 0, outputTokens: 5 },
    ],
    [
      "a usage with a count that is none",
      { prompt_tokens: -1, completion_tokens: 5 },
      { inputTokens: 0, outputTokens: 5 },
    ],
  ])("%s", (_what, usage, expected) => {
    expect(usageOf({ id: "x", usage })).toEqual(expected);
  });
});

describe("nothing is said about tokens by", () => {
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a string", "text"],
    ["a response without usage", { choices: [] }],
    ["a usage of null", { usage: null }],
    ["a usage that is a number", { usage: 5 }],
    ["a usage without counts", { usage: { seconds: 5 } }],
    ["a usage of strings", { usage: { prompt_tokens: "12", completion_tokens: "5" } }],
  ])("%s", (_what, response) => {
    expect(usageOf(response)).toBeUndefined();
  });

  it("or is a finite count, whatever the response holds", () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            prompt_tokens: fc.anything(),
            completion_tokens: fc.anything(),
            input_tokens: fc.anything(),
            output_tokens: fc.anything(),
            cache_read_input_tokens: fc.anything(),
            prompt_tokens_details: fc.anything(),
            output_tokens_details: fc.anything(),
          },
          { requiredKeys: [] },
        ),
        (usage) => {
          const counts = Object.values(usageOf({ usage }) ?? {}) as number[];
          expect(counts.every((count) => Number.isFinite(count) && count >= 0)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

it("what a reader of one's own returns is taken without what is no count", () => {
  expect(
    soundUsage({
      inputTokens: Number.NaN,
      outputTokens: 5,
      cacheReadTokens: -1,
      cacheWriteTokens: 7,
      reasoningTokens: Infinity,
    }),
  ).toEqual({ inputTokens: 0, outputTokens: 5, cacheWriteTokens: 7 });
});
