import { describe, expect, test } from "vitest";
import { sampleQuestion } from "../testing/sample-briefing.ts";
import { createQuestion } from "../traffic/question.ts";
import { takeRequests } from "../traffic/take-requests.ts";
import { classify } from "./coordinator.ts";

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

  test("knows the kind of every question that the traffic brings", async () => {
    const rows = [{ atMs: 0, promptTokens: 1, completionTokens: 1 }];
    const requests = await takeRequests(rows, 300);
    const kinds = new Set(requests.map((request) => classify(createQuestion(request, 1)).kind));
    expect([...kinds].toSorted()).toEqual(["account", "billing", "complaint", "technical"]);
  });
});
