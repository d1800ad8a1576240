import { APIConnectionError, APIUserAbortError, RateLimitError } from "openai";
import type { OpenAI } from "openai";
import { afterEach, describe, expect, test, vi } from "vitest";
import { chatParameters, createModelClient } from "../model-client.ts";
import { createQuestion } from "../traffic/question.ts";
import { takeRequests } from "../traffic/take-requests.ts";
import { countWords } from "../words.ts";
import type { FaultRatios } from "./fate.ts";
import { startModelServer } from "./model-server.ts";
import type { ModelServerOptions } from "./model-server-options.ts";
import type { ModelServer } from "./model-server.ts";

const requests = await takeRequests([{ atMs: 0, promptTokens: 374, completionTokens: 44 }], 60);
const questions = requests.map((request) => createQuestion(request, 1));
const [question] = questions;
if (question === undefined) throw new Error("a question is needed");

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(
  faults: FaultRatios = {},
  options: Partial<ModelServerOptions> = {},
): Promise<{ server: ModelServer; client: OpenAI }> {
  server = await startModelServer({
    models: [
      { id: "large", baseMs: 0, perOutputTokenMs: 0, faults },
      { id: "small", baseMs: 0, perOutputTokenMs: 0 },
    ],
    seed: 1,
    wait: async () => {},
    ...options,
  });
  return { server, client: createModelClient(server.baseUrl) };
}

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("the model server, called by the official client", () => {
  test("an answer's usage is what the trace says and its text has as many words", async () => {
    const { client } = await start();
    const answer = await client.chat.completions.create(chatParameters(question, "large"));
    expect(answer.usage).toMatchObject({
      prompt_tokens: 374,
      completion_tokens: 44,
      total_tokens: 418,
    });
    expect(countWords(answer.choices[0]?.message.content ?? "")).toBe(44);
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(answer.model).toBe("large");
  });

  test("a limit below what the trace says cuts the answer short", async () => {
    const { client } = await start();
    const parameters = { ...chatParameters(question, "large"), max_completion_tokens: 10 };
    const answer = await client.chat.completions.create(parameters);
    expect(answer.usage?.completion_tokens).toBe(10);
    expect(answer.choices[0]?.finish_reason).toBe("length");
  });

  test("without metadata the prompt has a token a word and the limit is the answer's length", async () => {
    const { client } = await start();
    const answer = await client.chat.completions.create({
      model: "large",
      messages: [{ role: "user", content: "where is my  parcel" }],
      max_completion_tokens: 7,
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 7 });
  });

  test("the models are listed", async () => {
    const { client } = await start();
    const { data } = await client.models.list();
    expect(data.map((model) => model.id)).toEqual(["large", "small"]);
  });

  test("a rate-limited call is a RateLimitError with Retry-After in whole seconds", async () => {
    const { client } = await start({ rateLimited: 1 }, { retryAfterSeconds: 3 });
    const error = await failureOf(
      client.chat.completions.create(chatParameters(question, "large")),
    );
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "requests" });
    expect((error as RateLimitError).headers.get("retry-after")).toBe("3");
  });

  test.each([
    [{ serverError: 1 }, 500],
    [{ unavailable: 1 }, 503],
  ])(
    "%o makes every call end with status %i and an error body of the protocol",
    async (faults, status) => {
      const { client } = await start(faults);
      const error = await failureOf(
        client.chat.completions.create(chatParameters(question, "large")),
      );
      expect(error).toMatchObject({
        status,
        error: { type: "server_error", param: null, code: null },
      });
    },
  );

  test("a reset is a connection error whose cause names the socket", async () => {
    const { client } = await start({ reset: 1 });
    const error = await failureOf(
      client.chat.completions.create(chatParameters(question, "large")),
    );
    expect(error).toBeInstanceOf(APIConnectionError);
    expect((error as { cause?: { cause?: unknown } }).cause).toMatchObject({
      cause: { code: "ECONNRESET" },
    });
  });

  test("one model may fail while another answers", async () => {
    const { client } = await start({ unavailable: 1 });
    const answer = await client.chat.completions.create(chatParameters(question, "small"));
    expect(answer.model).toBe("small");
  });

  test("an outage refuses what arrives within it", async () => {
    const { client } = await start(
      {},
      { outages: [{ model: "large", fromMs: 1000, untilMs: 3000 }] },
    );
    const statusOf = async (atMs: number): Promise<unknown> => {
      const error = await failureOf(
        client.chat.completions.create(chatParameters({ ...question, atMs }, "large")),
      );
      return error === undefined ? 200 : (error as { status: unknown }).status;
    };
    expect([await statusOf(999), await statusOf(1000), await statusOf(3000)]).toEqual([
      200, 503, 200,
    ]);
  });

  test.each([
    [
      "an unknown model",
      { model: "huge" },
      "404 The model 'huge' does not exist; this server has large, small",
    ],
    ["a stream", { stream: true }, "400 this server does not stream; leave out 'stream'"],
    ["no messages", { messages: [] }, "400 'messages' must be an array of at least one message"],
    ["a limit of 0", { max_completion_tokens: 0 }, "400 expected a whole number of at least 1"],
    [
      "a bad count",
      { metadata: { prompt_tokens: "x" } },
      "400 expected a count of tokens in digits",
    ],
  ])("%s is refused with the reason", async (_, wrong, message) => {
    const { client } = await start();
    const parameters = { ...chatParameters(question, "large"), ...wrong };
    const error = await failureOf(client.chat.completions.create(parameters));
    expect(error).toMatchObject({ message });
  });

  test("an answer waits for its latency, and a slow one for a multiple of it", async () => {
    const waits: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
    };
    const models = [
      { id: "large", baseMs: 100, perOutputTokenMs: 10 },
      { id: "slow", baseMs: 100, perOutputTokenMs: 10, faults: { slow: 1 } },
    ];
    const { client } = await start({}, { models, wait, speed: 2, slowFactor: 5 });
    await client.chat.completions.create(chatParameters(question, "large"));
    await client.chat.completions.create(chatParameters(question, "slow"));
    expect(waits).toEqual([270, 1350]);
  });
});

describe("the model server's determinism", () => {
  const faults = { slow: 0.1, rateLimited: 0.2, serverError: 0.1, unavailable: 0.1, reset: 0.1 };

  /** Asks every question three times over, `concurrency` questions at a time, and notes every call's end. */
  async function outcomes(
    concurrency: number,
    order: typeof questions,
  ): Promise<Map<string, unknown[]>> {
    const { client } = await start(faults);
    const ends = new Map<string, unknown[]>();
    const waiting = order.slice();
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const own: unknown[] = [];
        ends.set(next.key, own);
        for (let call = 0; call < 3; call++) {
          const error = await failureOf(
            client.chat.completions.create(chatParameters(next, "large")),
          );
          own.push(error === undefined ? 200 : ((error as { status?: unknown }).status ?? "reset"));
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return new Map([...ends].toSorted(([a], [b]) => a.localeCompare(b)));
  }

  test("neither concurrency nor order changes what becomes of a call", async () => {
    const oneByOne = await outcomes(1, questions);
    await server?.close();
    const together = await outcomes(20, questions.toReversed());
    expect(together).toEqual(oneByOne);
    expect(new Set([...oneByOne.values()].flat())).toEqual(new Set([200, 429, 500, 503, "reset"]));
  });

  test("the tally is what the client saw", async () => {
    const seen = [...(await outcomes(20, questions)).values()].flat();
    const tally = server?.tally();
    expect(tally?.calls).toBe(180);
    for (const end of ["200", "429", "500", "503", "reset"]) {
      expect(tally?.endedBy[end]).toBe(seen.filter((other) => String(other) === end).length);
    }
    const answers = tally?.endedBy["200"] ?? 0;
    expect(tally).toMatchObject({ promptTokens: answers * 374, completionTokens: answers * 44 });
    expect(tally?.models).toEqual({
      large: { answers, promptTokens: answers * 374, completionTokens: answers * 44 },
    });
  });
});

describe("the model server's connections", () => {
  test("a client that goes away ends its call, which counts as abandoned and takes no tokens", async () => {
    let waiting: AbortSignal | undefined;
    const wait = async (_: number, signal: AbortSignal): Promise<void> => {
      waiting = signal;
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("gone")));
      });
    };
    const { server: running, client } = await start({}, { wait });
    const caller = new AbortController();
    const call = failureOf(
      client.chat.completions.create(chatParameters(question, "large"), { signal: caller.signal }),
    );
    await vi.waitFor(() => expect(waiting).toBeDefined());
    caller.abort();
    expect(await call).toBeInstanceOf(APIUserAbortError);
    await vi.waitFor(() => expect(running.tally().endedBy).toEqual({ abandoned: 1 }));
    expect(waiting?.aborted).toBe(true);
    expect(running.tally().promptTokens).toBe(0);
  });

  test("closing the server drops the calls under way, and the tally has them", async () => {
    let waits = 0;
    const wait = async (_: number, signal: AbortSignal): Promise<void> => {
      waits += 1;
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("closing")));
      });
    };
    const { server: running, client } = await start({}, { wait });
    const call = failureOf(client.chat.completions.create(chatParameters(question, "large")));
    await vi.waitFor(() => expect(waits).toBe(1));
    await running.close();
    server = undefined;
    expect(running.tally()).toMatchObject({ calls: 1, endedBy: { abandoned: 1 } });
    expect(await call).toBeInstanceOf(APIConnectionError);
  });

  test.each([
    ["GET", "/v1/chat/completions", 405],
    ["POST", "/v1/models", 405],
    ["GET", "/nowhere", 404],
  ])("%s %s is answered with %i and an error body", async (method, path, status) => {
    const { server: running } = await start();
    const response = await fetch(new URL(path, running.baseUrl), { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
  });

  test.each(["{", "[]", "null", '{"model": "large"}', "{}"])(
    "the body %s is answered with 400",
    async (body) => {
      const { server: running } = await start();
      const response = await fetch(`${running.baseUrl}/chat/completions`, { method: "POST", body });
      expect(response.status).toBe(400);
      expect(await response.json()).toHaveProperty("error.message");
    },
  );

  test("wrong fault shares are refused before the server starts", async () => {
    await expect(start({ slow: 2 })).rejects.toThrow(RangeError);
  });
});
