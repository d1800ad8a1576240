import { countWords } from "../words.ts";

/** The fields of `metadata` that tell the server what the trace says; all values are strings, as the protocol wants. */
export const metadataFields = {
  requestKey: "request_key",
  arrivalMs: "arrival_ms",
  promptTokens: "prompt_tokens",
  completionTokens: "completion_tokens",
} as const;

/** What the server needs to know of a `POST /v1/chat/completions`. */
export interface ChatRequest {
  readonly model: string;
  readonly requestKey: string;
  readonly arrivalMs: number | undefined;
  readonly promptTokens: number;
  /** What the answer would take if nothing cut it short. */
  readonly wantedTokens: number;
  /** What it takes: the client's limit counts. */
  readonly completionTokens: number;
}

/** Says what is wrong with a request's body; `field` as the protocol's errors name it in `param`. */
export class BadChatRequest extends Error {
  override readonly name = "BadChatRequest";
  readonly field: string | null;

  constructor(message: string, field: string | null) {
    super(message);
    this.field = field;
  }
}

const defaultCompletionTokens = 64;

/**
 * Parses the body of a chat request. Token counts come from `metadata`; without it the prompt has
 * one token a word and the answer as many as `max_completion_tokens` allows.
 *
 * @throws {BadChatRequest} when the body is not a chat request this server can answer
 */
export function parseChatRequest(body: string): ChatRequest {
  const request = parseObject(body);
  const model = request["model"];
  if (typeof model !== "string" || model === "") {
    throw new BadChatRequest("you must provide a model parameter", "model");
  }
  if (request["stream"] === true) {
    throw new BadChatRequest("this server does not stream; leave out 'stream'", "stream");
  }
  const promptWords = countPromptWords(request["messages"]);
  const metadata = asObject(request["metadata"]) ?? {};
  const limit = readLimit(request);
  const wantedTokens =
    readCount(metadata, metadataFields.completionTokens) ?? limit ?? defaultCompletionTokens;
  const requestKey = metadata[metadataFields.requestKey];
  const arrivalMs = metadata[metadataFields.arrivalMs];
  return {
    model,
    requestKey: typeof requestKey === "string" ? requestKey : "",
    arrivalMs: typeof arrivalMs === "string" && arrivalMs !== "" ? Number(arrivalMs) : undefined,
    promptTokens: readCount(metadata, metadataFields.promptTokens) ?? promptWords,
    wantedTokens,
    completionTokens: Math.min(wantedTokens, limit ?? wantedTokens),
  };
}

function parseObject(body: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BadChatRequest("the body is not valid JSON", null);
  }
  const object = asObject(value);
  if (object === undefined) throw new BadChatRequest("the body is not a JSON object", null);
  return object;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined;
}

function countPromptWords(messages: unknown): number {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new BadChatRequest("'messages' must be an array of at least one message", "messages");
  }
  let words = 0;
  for (const [index, message] of messages.entries()) {
    const content = asObject(message)?.["content"];
    if (typeof content !== "string") {
      throw new BadChatRequest("expected a string", `messages.[${index}].content`);
    }
    words += countWords(content);
  }
  return words;
}

function readLimit(request: Readonly<Record<string, unknown>>): number | undefined {
  const limit = request["max_completion_tokens"] ?? request["max_tokens"];
  if (limit === undefined || limit === null) return undefined;
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1) {
    throw new BadChatRequest("expected a whole number of at least 1", "max_completion_tokens");
  }
  return limit;
}

function readCount(metadata: Readonly<Record<string, unknown>>, field: string): number | undefined {
  const value = metadata[field];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || !/^\d{1,9}$/u.test(value)) {
    throw new BadChatRequest("expected a count of tokens in digits", `metadata.${field}`);
  }
  return Number(value);
}
