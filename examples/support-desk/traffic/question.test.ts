import { describe, expect, test } from "vitest";
import { countWords } from "../words.ts";
import { createQuestion } from "./question.ts";
import { takeRequests } from "./take-requests.ts";
import { createZipf } from "./zipf.ts";

const requests = await takeRequests([{ atMs: 0, promptTokens: 37, completionTokens: 5 }], 1000);

describe("questions", () => {
  test("a question depends on the seed and the request alone", () => {
    const [first, second] = requests;
    if (first === undefined || second === undefined) throw new Error("two requests are needed");
    expect(createQuestion(first, 1)).toEqual(createQuestion(first, 1));
    expect(createQuestion(first, 1).text).not.toBe(createQuestion(first, 2).text);
    expect(createQuestion(first, 1).text).not.toBe(createQuestion(second, 1).text);
  });

  test("the text has a word for each prompt token", () => {
    for (const request of requests.slice(0, 20)) {
      expect(countWords(createQuestion(request, 1).text)).toBe(37);
    }
  });

  test("every subject comes up, an everyday one more often than a complaint", () => {
    const subjects = requests.map((request) => createQuestion(request, 1).subject);
    const count = (subject: string): number => subjects.filter((other) => other === subject).length;
    expect(new Set(subjects).size).toBe(10);
    expect(count("I was charged twice")).toBeGreaterThan(count("I am unhappy with the delivery"));
  });

  test("topics repeat, so that most questions have a topic that was asked before", () => {
    const topics = requests.map((request) => createQuestion(request, 1).topic);
    expect(new Set(topics).size).toBeLessThanOrEqual(120);
    expect(topics.filter((topic) => topic === "topic-1").length).toBeGreaterThan(100);
  });
});

describe("createZipf", () => {
  test("the first rank is drawn twice as often as the second", () => {
    const pick = createZipf(2);
    const picked = Array.from({ length: 300 }, (_, index) => pick(index / 300));
    expect(picked.filter((rank) => rank === 0)).toHaveLength(200);
  });

  test("every number in [0, 1) gives a rank that exists", () => {
    const pick = createZipf(5);
    expect([0, 0.999_999_999].map(pick)).toEqual([0, 4]);
  });
});
