/** What goes into a run: a question about an order. */
export interface Ticket {
  readonly id: number;
  readonly text: string;
  /** Makes the last step fail: for the comparison of failing runs, never timed. */
  readonly fails?: boolean;
}

/** What comes out of a run. */
export interface Reply {
  readonly id: number;
  readonly text: string;
  readonly orderId: string;
  readonly answer: string;
}

/** Who asks, on whose behalf, and which model serves: the optional fields of a workflow context. */
export interface RequestContext {
  readonly correlationId: string;
  readonly agentId?: string;
  readonly agentType: string;
  readonly llmProvider: string;
  readonly llmModelName: string;
  readonly llmModelTier?: string;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly causationId?: string;
}

/** The three contexts that are measured. Each sets the fields of the one before and more. */
export type ContextSize = "four" | "usual" | "full";

interface Validated {
  readonly id: number;
  readonly text: string;
  readonly fails: boolean;
}
interface Enriched extends Validated {
  readonly orderId: string;
}

/** Step 1 of 3. Every contestant runs these same three functions. */
export async function validate(ticket: Ticket): Promise<Validated> {
  return { id: ticket.id, text: ticket.text, fails: ticket.fails === true };
}

/** Step 2 of 3. */
export async function enrich(ticket: Validated): Promise<Enriched> {
  return { id: ticket.id, text: ticket.text, fails: ticket.fails, orderId: "o-17" };
}

/** Step 3 of 3. */
export async function draft(ticket: Enriched): Promise<Reply> {
  if (ticket.fails) throw new Error("the model refused");
  return {
    id: ticket.id,
    text: ticket.text,
    orderId: ticket.orderId,
    answer: "it left the house yesterday",
  };
}

/** Makes the input of run number `index`. */
export function createTicket(index: number): Ticket {
  return { id: index, text: "where is my order?" };
}

/** Makes the input of a run whose last step fails. */
export function createFailingTicket(index: number): Ticket {
  return { id: index, text: "where is my order?", fails: true };
}

/** Makes the context of run number `index`, a fresh object with a correlation id of its own, as a server would. */
export const createRequest: Readonly<Record<ContextSize, (index: number) => RequestContext>> = {
  four: (index) => ({
    correlationId: `req-${index}`,
    agentType: "executor",
    llmProvider: "openai",
    llmModelName: "gpt-5-mini",
  }),
  usual: (index) => ({
    correlationId: `req-${index}`,
    agentId: "executor-1",
    agentType: "executor",
    llmProvider: "openai",
    llmModelName: "gpt-5-mini",
    llmModelTier: "fast",
  }),
  full: (index) => ({
    correlationId: `req-${index}`,
    agentId: "executor-1",
    agentType: "executor",
    llmProvider: "openai",
    llmModelName: "gpt-5-mini",
    llmModelTier: "fast",
    sessionId: "session-1",
    userId: "user-1",
    causationId: "cause-1",
  }),
};
