import { draft, enrich, validate, type Reply, type Ticket } from "../scenario.ts";

/** The three steps and nothing else. */
export async function answerPlainly(ticket: Ticket): Promise<Reply> {
  const valid = await validate(ticket);
  const rich = await enrich(valid);
  return draft(rich);
}
