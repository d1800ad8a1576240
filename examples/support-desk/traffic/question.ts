import { createRandom, uniformOf } from "../random.ts";
import { writeWords } from "../words.ts";
import type { TrafficRequest } from "./take-requests.ts";
import { createZipf } from "./zipf.ts";

export const questionKinds = ["billing", "technical", "account", "complaint"] as const;

export type QuestionKind = (typeof questionKinds)[number];

/** What a customer asks. The trace gives its size and its arrival; everything else is made up from the seed. */
export interface Question {
  /** The request's key in the traffic. */
  readonly key: string;
  readonly kind: QuestionKind;
  readonly customerId: string;
  /** What it is about. Few topics make up most questions, so a cache over topics is worth having. */
  readonly topic: string;
  readonly text: string;
  /** Arrival in milliseconds of trace time. */
  readonly atMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const topicCount = 120;
const customerCount = 5_000;
const pickTopic = createZipf(topicCount);
const pickCustomer = createZipf(customerCount, 0.6);
/** How many of a hundred questions are of each kind, in the order of `questionKinds`. */
const kindShares = [38, 34, 20, 8];

/** Makes the question of one request; the same seed and request always give the same question. */
export function createQuestion(request: TrafficRequest, seed: number): Question {
  const key = `${seed}/${request.key}`;
  const topic = pickTopic(uniformOf(`${key}/topic`));
  return {
    key: request.key,
    kind: pickKind(uniformOf(`${key}/kind`) * 100),
    customerId: `customer-${pickCustomer(uniformOf(`${key}/customer`)) + 1}`,
    topic: `topic-${topic + 1}`,
    text: writeWords(request.promptTokens, createRandom(`${key}/text`)),
    atMs: request.atMs,
    promptTokens: request.promptTokens,
    completionTokens: request.completionTokens,
  };
}

function pickKind(percent: number): QuestionKind {
  let upTo = 0;
  for (const [index, kind] of questionKinds.entries()) {
    upTo += kindShares[index] ?? 0;
    if (percent < upTo) return kind;
  }
  return "complaint";
}
