import type { Briefing } from "../ticket.ts";
import type { Question } from "../traffic/question.ts";

/** A question as a customer might ask it. */
export const sampleQuestion: Question = {
  key: "request-1",
  customerId: "customer-7",
  subject: "I was charged twice",
  topic: "topic-3",
  text: "Invoice bill twice.",
  atMs: 0,
  promptTokens: 3,
  completionTokens: 5,
};

/** A ticket about which something is known. */
export const sampleBriefing: Briefing = {
  ticket: { question: sampleQuestion, kind: "billing" },
  docs: ["How to deal with topic-3"],
  history: [],
};
