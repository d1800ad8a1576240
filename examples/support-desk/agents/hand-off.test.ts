import { describe, expect, test, vi } from "vitest";
import { createPace } from "../pace.ts";
import { createPeople } from "../people.ts";
import { sampleBriefing } from "../testing/sample-briefing.ts";
import type { CheckedDraft } from "../ticket.ts";
import { createHandOff } from "./hand-off.ts";

const draft: CheckedDraft = { ...sampleBriefing, text: "Perhaps.", confidence: 0.1 };

describe("the hand-off", () => {
  test("gives the draft to a person and returns the reply", async () => {
    const pace = createPace(10_000);
    const people = createPeople({ names: ["Ada"], pace });
    const reply = await createHandOff({ people, pace }).execute(draft);
    expect(reply).toEqual({ text: "Dear customer-7,\nPerhaps.\nAda", writtenBy: "Ada" });
  });

  test("fails when nobody replies in time", async () => {
    vi.useFakeTimers();
    try {
      const pace = createPace(1);
      const people = createPeople({ names: [], pace });
      const ended = createHandOff({ people, pace })
        .execute(draft)
        .catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(35_000);
      expect(await ended).toMatchObject({ code: "WAIT_TIMEOUT" });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the people at the desk", () => {
  test("work on one draft each, first come first served, and not after they went home", async () => {
    vi.useFakeTimers();
    try {
      const pace = createPace(1);
      const people = createPeople({ names: ["Ada", "Ben"], pace });
      const replies: string[] = [];
      const handOff = createHandOff({ people, pace });
      for (const _ of Array.from({ length: 3 })) {
        void handOff.execute(draft).then(
          ({ writtenBy }) => replies.push(writtenBy),
          () => replies.push("nobody"),
        );
      }
      await vi.advanceTimersByTimeAsync(28_000);
      expect(replies).toEqual(["Ada", "Ben"]);
      people.close();
      await vi.advanceTimersByTimeAsync(30_000);
      expect(replies).toEqual(["Ada", "Ben", "nobody"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
