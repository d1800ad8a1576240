import { createRandom, uniformOf } from "../random.ts";
import { writeWords } from "../words.ts";
import type { TrafficRequest } from "./take-requests.ts";
import { createZipf } from "./zipf.ts";

/** What a customer asks. The trace gives its size and its arrival; everything else is made up from the seed. */
export interface Question {
  /** The request's key in the traffic. */
  readonly key: string;
  readonly customerId: string;
  readonly subject: string;
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
/** What customers write about, and how many of a hundred do. */
const subjects: readonly (readonly [number, string])[] = [
  [18, "I was charged twice"],
  [12, "Where is my refund?"],
  [8, "My invoice is wrong"],
  [14, "The app crashes after the update"],
  [11, "An error when I export"],
  [9, "My device is offline"],
  [11, "I cannot sign in"],
  [9, "Please change my address"],
  [5, "This is the third time that I write"],
  [3, "I am unhappy with the delivery"],
];

/** Makes the question of one request; the same seed and request always give the same question. */
export function createQuestion(request: TrafficRequest, seed: number): Question {
  const key = `${seed}/${request.key}`;
  const topic = pickTopic(uniformOf(`${key}/topic`));
  return {
    key: request.key,
    customerId: `customer-${pickCustomer(uniformOf(`${key}/customer`)) + 1}`,
    subject: pickSubject(uniformOf(`${key}/subject`) * 100),
    topic: `topic-${topic + 1}`,
    text: writeWords(request.promptTokens, createRandom(`${key}/text`)),
    atMs: request.atMs,
    promptTokens: request.promptTokens,
    completionTokens: request.completionTokens,
  };
}

function pickSubject(percent: number): string {
  let upTo = 0;
  for (const [share, subject] of subjects) {
    upTo += share;
    if (percent < upTo) return subject;
  }
  return "A question";
}
