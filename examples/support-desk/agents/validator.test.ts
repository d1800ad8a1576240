import { describe, expect, test } from "vitest";
import { sampleBriefing } from "../testing/sample-briefing.ts";
import type { Draft } from "../ticket.ts";
import { createValidator } from "./validator.ts";

const good: Draft = { ...sampleBriefing, text: "It will be refunded.", model: "desk-large" };
const complaint = { ...good.ticket, kind: "complaint" as const };

describe("the validator", () => {
  test.each<readonly [string, Draft, number]>([
    ["an answer by the large model with a document behind it", good, 1],
    ["an answer without a document", { ...good, docs: [] }, 0.5],
    ["an answer by the small model", { ...good, model: "desk-small" }, 0.8],
    ["an answer to a complaint", { ...good, ticket: complaint }, 0.7],
    ["the canned answer", { ...sampleBriefing, text: "We will come back to you." }, 0.1],
    [
      "the canned answer to a complaint without a document",
      { ...sampleBriefing, text: "We will come back to you.", ticket: complaint, docs: [] },
      0,
    ],
  ])("has this much confidence in %s: %#", async (_, draft, confidence) => {
    const checked = await createValidator().execute(draft);
    expect(checked).toEqual({ ...draft, confidence: expect.closeTo(confidence) });
  });
});
