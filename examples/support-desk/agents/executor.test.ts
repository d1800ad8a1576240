import type { Primitive } from "@tta-dev/primitives";
import { afterEach, describe, expect, test } from "vitest";
import { createModelClient } from "../model-client.ts";
import type { FaultRatios } from "../model-server/fate.ts";
import { startModelServer } from "../model-server/model-server.ts";
import type { ModelServer } from "../model-server/model-server.ts";
import { sampleBriefing } from "../testing/sample-briefing.ts";
import type { Briefing, Draft } from "../ticket.ts";
import { createExecutor } from "./executor.ts";

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Makes an executor whose two models fail as said. */
async function start(
  large: FaultRatios,
  small: FaultRatios = {},
  slowFactor = 1,
): Promise<Primitive<Briefing, Draft>> {
  const pace = { baseMs: 1, perOutputTokenMs: 1 };
  server = await startModelServer({
    models: [
      { id: "desk-large", faults: large, ...pace },
      { id: "desk-small", faults: small, ...pace },
    ],
    seed: 1,
    speed: 10_000,
    retryAfterSeconds: 0,
    slowFactor,
  });
  return createExecutor({
    client: createModelClient(server.baseUrl),
    pace: {
      // The desk's own times but for backoffs, which nobody waits for here.
      wallMs: (deskMs) => (deskMs < 1_000 ? 0 : deskMs),
      limitMs: (deskMs) => deskMs / 100,
    },
  });
}

describe("the executor", () => {
  test("answers with the large model, and keeps what it was told and what it cost", async () => {
    const draft = await (await start({})).execute(sampleBriefing);
    expect(draft).toMatchObject({
      ...sampleBriefing,
      model: "desk-large",
      usage: { prompt_tokens: 3, completion_tokens: 5 },
    });
    expect(draft.text.split(" ")).toHaveLength(5);
    expect(server?.tally().endedBy).toEqual({ "200": 1 });
  });

  test.each([
    [{ serverError: 1 }, "500"],
    [{ rateLimited: 1 }, "429"],
    [{ reset: 1 }, "reset"],
  ] as const)(
    "with a large model that always fails (%o) asks it three times and then the small one",
    async (faults, end) => {
      const executor = await start(faults);
      expect(await executor.execute(sampleBriefing)).toMatchObject({ model: "desk-small" });
      expect(server?.tally().endedBy).toEqual({ [end]: 3, "200": 1 });
    },
  );

  test("does not wait for a large model that takes too long", async () => {
    const executor = await start({ slow: 1 }, {}, 1e9);
    expect(await executor.execute(sampleBriefing)).toMatchObject({ model: "desk-small" });
    await server?.close();
    expect(server?.tally().endedBy).toEqual({ abandoned: 3, "200": 1 });
    server = undefined;
  });

  test("has a canned answer when both models fail", async () => {
    const executor = await start({ unavailable: 1 }, { unavailable: 1 });
    const draft = await executor.execute(sampleBriefing);
    expect(draft).toEqual({ ...sampleBriefing, text: expect.stringContaining("come back") });
    expect(server?.tally().endedBy).toEqual({ "503": 4 });
  });

  test("stops asking a large model that has failed five times", async () => {
    const executor = await start({ unavailable: 1 });
    for (let question = 0; question < 6; question++) await executor.execute(sampleBriefing);
    expect(server?.tally().endedBy).toEqual({ "503": 15, "200": 6 });
  });
});
