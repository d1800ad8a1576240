import { setTimeout as sleep } from "node:timers/promises";
import type { Pace } from "./pace.ts";
import { uniformOf } from "./random.ts";

/** What the desk can look up, simulated: no search engine and no customer database run here. */
export interface Knowledge {
  readonly searchDocs: (topic: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly loadHistory: (customerId: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** The desk has written about what it is asked most; nothing is known about the rest. */
const documentedTopics = 80;
const documents = new Map(
  Array.from({ length: documentedTopics }, (_, index) => {
    const topic = `topic-${index + 1}`;
    return [topic, [`How to deal with ${topic}`, `Known problems with ${topic}`]];
  }),
);

/** Makes look-ups that take as long as those of real services; a search takes longer than a read by key. */
export function createKnowledge(pace: Pace): Knowledge {
  return {
    async searchDocs(topic, signal) {
      await sleep(pace.wallMs(120 + 180 * uniformOf(`search/${topic}`)), undefined, { signal });
      return documents.get(topic) ?? [];
    },
    async loadHistory(customerId, signal) {
      const draw = uniformOf(`history/${customerId}`);
      await sleep(pace.wallMs(40 + 80 * draw), undefined, { signal });
      return Array.from({ length: Math.floor(draw * 4) }, (_, index) => `Ticket ${index + 1}`);
    },
  };
}
