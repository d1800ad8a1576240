import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createChatAnswer } from "./chat-answer.ts";
import { BadChatRequest, parseChatRequest } from "./chat-request.ts";
import type { ChatRequest } from "./chat-request.ts";
import { decideFate } from "./fate.ts";
import type { Fate } from "./fate.ts";
import { latencyMs } from "./latency.ts";
import type { ModelServerOptions, ServedModel } from "./model-server-options.ts";
import { createRefusal, refuseForRate } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { sendJson, sendRefusal } from "./send.ts";
import type { TallyKeeper } from "./tally.ts";

const maxBodyBytes = 64 * 1024 * 1024;

/** Makes the handler of `POST /v1/chat/completions`. */
export function createChatHandler(server: {
  readonly options: ModelServerOptions;
  readonly tally: TallyKeeper;
  readonly closed: AbortSignal;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { options, tally } = server;
  const { seed, speed = 1, slowFactor = 5, retryAfterSeconds = 1, outages = [] } = options;
  const wait = options.wait ?? waitFor;
  const models = new Map(options.models.map((model) => [model.id, model]));
  const callsByRequest = new Map<string, number>();

  /** Counts a request's calls to a model. A client makes them one after the other, so their order is not a race. */
  function countCall({ model, requestKey }: ChatRequest): number {
    const key = `${model}/${requestKey}`;
    const call = (callsByRequest.get(key) ?? 0) + 1;
    callsByRequest.set(key, call);
    return call;
  }

  return async (request, response) => {
    tally.arrived();
    const end = watchEnd(response, server.closed);
    response.once("close", () =>
      tally.ended(response.writableFinished ? response.statusCode : end.how),
    );
    const parsed = await parse(request, models);
    if ("refusal" in parsed) {
      sendRefusal(response, parsed.refusal);
      return;
    }
    const { chat, model } = parsed;
    const call = countCall(chat);
    const fate = decideFate({ ...chat, call }, { seed, faults: model.faults ?? {}, outages });
    const lasts = latencyMs(
      { fate, outputTokens: chat.completionTokens },
      { ...model, slowFactor, speed },
    );
    if (!(await finished(wait(lasts, end.signal), end.signal))) return;

    if (fate === "reset") {
      end.how = "reset";
      request.socket.resetAndDestroy();
      return;
    }
    const refusal = refusalFor(fate, { model: model.id, retryAfterSeconds });
    if (refusal !== undefined) {
      sendRefusal(response, refusal);
      return;
    }
    response.once("finish", () => {
      tally.answered(model.id, { prompt: chat.promptTokens, completion: chat.completionTokens });
    });
    const createdSeconds = Math.floor(Date.now() / 1000);
    sendJson(response, {
      status: 200,
      body: createChatAnswer(chat, { seed, call, createdSeconds }),
    });
  };
}

/** Tells when a call's connection is gone, and keeps how it ended when no status was sent. */
function watchEnd(
  response: ServerResponse,
  closed: AbortSignal,
): { readonly signal: AbortSignal; how: "reset" | "abandoned" } {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return { signal: AbortSignal.any([gone.signal, closed]), how: "abandoned" };
}

async function parse(
  request: IncomingMessage,
  models: ReadonlyMap<string, ServedModel>,
): Promise<
  { readonly refusal: Refusal } | { readonly chat: ChatRequest; readonly model: ServedModel }
> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes)
      return { refusal: createRefusal(413, `the body has more than ${maxBodyBytes} bytes`) };
    chunks.push(chunk);
  }
  try {
    const chat = parseChatRequest(Buffer.concat(chunks).toString("utf8"));
    const model = models.get(chat.model);
    if (model !== undefined) return { chat, model };
    const known = [...models.keys()].join(", ");
    const message = `The model '${chat.model}' does not exist; this server has ${known}`;
    return { refusal: createRefusal(404, message, { param: "model", code: "model_not_found" }) };
  } catch (error) {
    if (error instanceof BadChatRequest)
      return { refusal: createRefusal(400, error.message, { param: error.field }) };
    throw error;
  }
}

function refusalFor(
  fate: Fate,
  about: { readonly model: string; readonly retryAfterSeconds: number },
): Refusal | undefined {
  if (fate === "rate_limited") return refuseForRate(about.model, about.retryAfterSeconds);
  if (fate === "server_error") {
    return createRefusal(
      500,
      "The server had an error while processing your request. Sorry about that!",
    );
  }
  if (fate === "unavailable")
    return createRefusal(503, `${about.model} is overloaded or not ready yet.`);
  return undefined;
}

async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal });
}

/** Whether a wait came to its end; false when the signal ended it first. */
async function finished(waiting: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await waiting;
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
