import { workflow } from "@tta-dev/primitives";
import { describe, expect, test } from "vitest";
import { sampleQuestion } from "../testing/sample-briefing.ts";
import { createQuestion } from "../traffic/question.ts";
import { takeRequests } from "../traffic/take-requests.ts";
import type { Briefing, CheckedDraft, Draft, Reply, Ticket } from "../ticket.ts";
import { classify, createCoordinator } from "./coordinator.ts";

/** Agents that do next to nothing, and are as sure of it as said. */
function agentsWith(draft: Partial<Draft>, confidence: number) {
  return {
    retriever: workflow("retriever", (ticket: Ticket): Briefing => {
      return { ticket, docs: [], history: [] };
    }),
    executor: workflow("executor", (briefing: Briefing): Draft => {
      return { ...briefing, text: "Try again.", ...draft };
    }),
    validator: workflow("validator", (written: Draft): CheckedDraft => {
      return { ...written, confidence };
    }),
    handOff: workflow("hand-off", ({ text }: CheckedDraft): Reply => {
      return { text, writtenBy: "Ada" };
    }),
  };
}

describe("the coordinator", () => {
  test.each([
    ["I was charged twice", "billing"],
    ["The app crashes after the update", "technical"],
    ["I cannot sign in", "account"],
    ["This is the third time that I write", "complaint"],
    ["I am unhappy with my invoice", "complaint"],
    ["Good morning", "other"],
  ])("takes %j for a question of the kind %s", (subject, kind) => {
    const question = { ...sampleQuestion, subject };
    expect(classify(question)).toEqual({ question, kind });
  });

  test.each([
    [0.6, { model: "desk-large" }, "desk-large"],
    [0.59, { model: "desk-large" }, "Ada"],
    [1, {}, "nobody"],
  ])(
    "at a confidence of %d sends a draft with %j from %s",
    async (confidence, draft, writtenBy) => {
      const coordinator = createCoordinator(agentsWith(draft, confidence));
      expect(await coordinator.execute(sampleQuestion)).toEqual({ text: "Try again.", writtenBy });
    },
  );

  test("knows the kind of every question that the traffic brings", async () => {
    const rows = [{ atMs: 0, promptTokens: 1, completionTokens: 1 }];
    const requests = await takeRequests(rows, 300);
    const kinds = new Set(requests.map((request) => classify(createQuestion(request, 1)).kind));
    expect([...kinds].toSorted()).toEqual(["account", "billing", "complaint", "technical"]);
  });
});
