import { afterEach, describe, expect, test } from "vitest";
import { createModelClient } from "../model-client.ts";
import type { FaultRatios } from "../model-server/fate.ts";
import { startModelServer } from "../model-server/model-server.ts";
import type { ModelServer } from "../model-server/model-server.ts";
import { createPace } from "../pace.ts";
import { sampleBriefing } from "../testing/sample-briefing.ts";
import type { Draft } from "../ticket.ts";
import { createExecutor } from "./executor.ts";

const speed = 10_000;
let server: ModelServer | undefined;
afterEach(async () => server?.close());

/** Has the executor answer while the two models fail as said. */
async function execute(large: FaultRatios, small: FaultRatios): Promise<Draft> {
  const pace = { baseMs: 1, perOutputTokenMs: 1 };
  server = await startModelServer({
    models: [
      { id: "desk-large", faults: large, ...pace },
      { id: "desk-small", faults: small, ...pace },
    ],
    seed: 1,
    speed,
    retryAfterSeconds: 0,
  });
  const client = createModelClient(server.baseUrl);
  return createExecutor({ client, pace: createPace(speed) }).execute(sampleBriefing);
}

describe("the executor", () => {
  test("answers with the large model, and keeps what it was told and what it cost", async () => {
    const draft = await execute({}, {});
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
      expect(await execute(faults, {})).toMatchObject({ model: "desk-small" });
      expect(server?.tally().endedBy).toEqual({ [end]: 3, "200": 1 });
    },
  );

  test("has a canned answer when both models fail", async () => {
    const draft = await execute({ unavailable: 1 }, { unavailable: 1 });
    expect(draft).toEqual({ ...sampleBriefing, text: expect.stringContaining("come back") });
    expect(server?.tally().endedBy).toEqual({ "503": 4 });
  });
});
