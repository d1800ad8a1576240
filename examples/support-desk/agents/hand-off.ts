import { sequential, step, waitFor, workflow } from "@tta-dev/primitives";
import type { Primitive } from "@tta-dev/primitives";
import type { Pace } from "../pace.ts";
import { personReplies } from "../people.ts";
import type { People } from "../people.ts";
import type { CheckedDraft, Reply } from "../ticket.ts";

/** The hand-off: puts a draft before a person and waits for the reply, but not longer than a customer would. */
export function createHandOff({
  people,
  pace,
}: {
  readonly people: People;
  readonly pace: Pace;
}): Primitive<CheckedDraft, Reply> {
  return workflow(
    "hand-off",
    sequential(
      step(
        "ask-a-person",
        (draft: CheckedDraft, { workflowId }) => {
          people.ask(workflowId, draft);
        },
        { sideEffects: true },
      ),
      waitFor<void, Reply>(personReplies, { kind: "approval", timeoutMs: pace.limitMs(35_000) }),
    ),
    { context: { agentType: "human" } },
  );
}
