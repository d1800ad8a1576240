import { RunnableLambda, RunnableSequence } from "@langchain/core/runnables";
import { draft, enrich, validate, type Reply, type Ticket } from "../scenario.ts";

/**
 * The three steps as a LangChain runnable sequence, with no callbacks, no tracer and no config: the least it does.
 * LangSmith's environment variables are removed from the process that measures it.
 */
export function createLangchain(): (ticket: Ticket) => Promise<Reply> {
  const sequence = RunnableSequence.from<Ticket, Reply>([
    RunnableLambda.from(validate),
    RunnableLambda.from(enrich),
    RunnableLambda.from(draft),
  ]);
  return (ticket) => sequence.invoke(ticket);
}
