import { step, workflow } from "@tta-dev/primitives";
import type { Primitive, WorkflowContext } from "@tta-dev/primitives";
import { smallModel } from "../models.ts";
import type { CheckedDraft, Draft } from "../ticket.ts";

/** The validator: says how far a draft can be trusted. */
export function createValidator(): Primitive<Draft, CheckedDraft> {
  return workflow("validator", step("check-draft", checkDraft), {
    context: { agentType: "validator" },
  });
}

/** A reason for doubt, and how much confidence it costs. */
interface Doubt {
  readonly reason: string;
  readonly costs: number;
  readonly applies: (draft: Draft) => boolean;
}

const doubts: readonly Doubt[] = [
  { reason: "no model wrote it", costs: 0.9, applies: ({ model }) => model === undefined },
  { reason: "no document backs it", costs: 0.5, applies: ({ docs }) => docs.length === 0 },
  {
    reason: "the customer complains",
    costs: 0.3,
    applies: ({ ticket }) => ticket.kind === "complaint",
  },
  {
    reason: "the small model wrote it",
    costs: 0.2,
    applies: ({ model }) => model === smallModel.id,
  },
];

function checkDraft(draft: Draft, context: WorkflowContext): CheckedDraft {
  const found = doubts.filter(({ applies }) => applies(draft));
  const confidence = Math.max(
    0,
    found.reduce((left, { costs }) => left - costs, 1),
  );
  const explanation = found.map(({ reason }) => reason).join(", ");
  context.score("confidence", confidence, explanation === "" ? {} : { explanation });
  return { ...draft, confidence };
}
