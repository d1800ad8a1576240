import { cache, parallel, step, workflow } from "@tta-dev/primitives";
import type { Primitive } from "@tta-dev/primitives";
import type { Knowledge } from "../knowledge.ts";
import type { Pace } from "../pace.ts";
import type { Briefing, Ticket } from "../ticket.ts";

/** The retriever: looks up documents and the customer's history at the same time. */
export function createRetriever({
  knowledge,
  pace,
}: {
  readonly knowledge: Knowledge;
  readonly pace: Pace;
}): Primitive<Ticket, Briefing> {
  const searchDocs = step("search-docs", ({ question }: Ticket, { signal }) =>
    knowledge.searchDocs(question.topic, signal),
  );
  const loadHistory = step("load-history", ({ question }: Ticket, { signal }) =>
    knowledge.loadHistory(question.customerId, signal),
  );
  return workflow(
    "retriever",
    parallel({
      ticket: (ticket: Ticket) => ticket,
      // Many ask about the same topic: one search serves them all.
      docs: cache(searchDocs, {
        key: ({ question }) => question.topic,
        ttlMs: pace.wallMs(60_000),
      }),
      history: loadHistory,
    }),
    { context: { agentType: "retriever" } },
  );
}
