import { conditional, sequential, step, workflow } from "@tta-dev/primitives";
import type { Primitive } from "@tta-dev/primitives";
import { defineSlo } from "@tta-dev/primitives/slo";
import type { Briefing, CheckedDraft, Draft, Reply, Ticket, TicketKind } from "../ticket.ts";
import type { Question } from "../traffic/question.ts";

/** The agents that the coordinator has work for. */
export interface Agents {
  readonly retriever: Primitive<Ticket, Briefing>;
  readonly executor: Primitive<Briefing, Draft>;
  readonly validator: Primitive<Draft, CheckedDraft>;
  readonly handOff: Primitive<CheckedDraft, Reply>;
}

const neededConfidence = 0.6;

/** What the desk promises: of a hundred tickets, ninety-five get a reply. */
const answered = defineSlo({
  name: "tickets-answered",
  objective: 0.95,
  indicator: { kind: "availability" },
});

/** The coordinator: says what a question is about and leads it through the other agents to a reply. */
export function createCoordinator(agents: Agents): Primitive<Question, Reply> {
  return workflow(
    "answer-ticket",
    sequential(
      step("classify", classify),
      agents.retriever,
      agents.executor,
      agents.validator,
      conditional(isDoubtful, agents.handOff, step("send", send)).named("reply"),
    ),
    { context: { agentType: "coordinator" }, slos: [answered] },
  );
}

const words: readonly (readonly [TicketKind, RegExp])[] = [
  ["complaint", /unhappy|third time|disappoint/iu],
  ["billing", /charged|invoice|refund/iu],
  ["technical", /crash|error|offline/iu],
  ["account", /password|address|sign in/iu],
];

/** Tells what a question is about by its subject. */
export function classify(question: Question): Ticket {
  const found = words.find(([, pattern]) => pattern.test(question.subject));
  return { question, kind: found?.[0] ?? "other" };
}

function isDoubtful(draft: CheckedDraft): boolean {
  return draft.confidence < neededConfidence;
}

function send({ text, model = "nobody" }: CheckedDraft): Reply {
  return { text, writtenBy: model };
}
