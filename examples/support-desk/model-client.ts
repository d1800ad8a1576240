import { OpenAI } from "openai";
import { metadataFields } from "./model-server/chat-request.ts";
import type { Question } from "./traffic/question.ts";

type ChatParameters = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

/**
 * Makes the official client for a server that speaks the OpenAI protocol.
 *
 * Its own retries are off. Left on, one failing call is three requests that no trace shows, and a
 * retry around it multiplies them.
 */
export function createModelClient(baseUrl: string): OpenAI {
  return new OpenAI({ baseURL: baseUrl, apiKey: "not-needed-on-loopback", maxRetries: 0 });
}

/**
 * Builds the request that answers a question. The token counts of the trace travel in `metadata`,
 * for the demo's server; a real one would ignore them.
 */
export function chatParameters(
  question: Question,
  model: string,
  instructions = "You work at a support desk.",
): ChatParameters {
  return {
    model,
    messages: [
      { role: "system", content: instructions },
      { role: "user", content: `${question.subject}\n\n${question.text}` },
    ],
    metadata: {
      [metadataFields.requestKey]: question.key,
      [metadataFields.arrivalMs]: String(question.atMs),
      [metadataFields.promptTokens]: String(question.promptTokens),
      [metadataFields.completionTokens]: String(question.completionTokens),
    },
  };
}
