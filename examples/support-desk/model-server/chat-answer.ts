import { createRandom, hash32 } from "../random.ts";
import { writeWords } from "../words.ts";
import type { ChatRequest } from "./chat-request.ts";

/** Builds the body of a chat completion whose usage is exactly what the request asked for. */
export function createChatAnswer(
  request: ChatRequest,
  about: { readonly seed: number; readonly call: number; readonly createdSeconds: number },
): Readonly<Record<string, unknown>> {
  const { model, promptTokens, completionTokens } = request;
  const key = `${about.seed}/${model}/${request.requestKey}`;
  return {
    id: `chatcmpl-${hash32(`${key}/${about.call}`).toString(16).padStart(8, "0")}`,
    object: "chat.completion",
    created: about.createdSeconds,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: writeWords(completionTokens, createRandom(`${key}/answer`)),
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: completionTokens < request.wantedTokens ? "length" : "stop",
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: "default",
    system_fingerprint: null,
  };
}
