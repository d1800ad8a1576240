import { describe, expect, test } from "vitest";
import type { Knowledge } from "../knowledge.ts";
import { sampleBriefing } from "../testing/sample-briefing.ts";
import { createRetriever } from "./retriever.ts";

const { ticket } = sampleBriefing;
const pace = { wallMs: (ms: number) => ms, limitMs: (ms: number) => ms };

describe("the retriever", () => {
  test("brings documents about the topic and the customer's history", async () => {
    const knowledge: Knowledge = {
      searchDocs: async (topic) => [`about ${topic}`],
      loadHistory: async (customer) => [`earlier ticket of ${customer}`],
    };
    expect(await createRetriever({ knowledge, pace }).execute(ticket)).toEqual({
      ticket,
      docs: ["about topic-3"],
      history: ["earlier ticket of customer-7"],
    });
  });

  test("searches once for a topic that many ask about", async () => {
    const searched: string[] = [];
    const knowledge: Knowledge = {
      searchDocs: async (topic) => {
        searched.push(topic);
        return [];
      },
      loadHistory: async () => [],
    };
    const retriever = createRetriever({ knowledge, pace });
    await retriever.execute(ticket);
    await retriever.execute(ticket);
    expect(searched).toEqual(["topic-3"]);
  });
});
