import assert from "node:assert/strict";
import * as theirs from "../opponents/cockatiel.ts";
import * as ours from "../ours.ts";
import { createTicket } from "../scenario.ts";
import { outcomeOf } from "./compare.ts";

/** Compares what the guarded step gives; that both make three calls when all fail is what their options say. */
export async function compareGuards(): Promise<void> {
  const ticket = createTicket(1);
  const pairs = [
    [ours.retried, theirs.retried],
    [ours.timed, theirs.timedAggressively],
    [ours.timed, theirs.timedCooperatively],
    [ours.guarded, theirs.guarded],
  ] as const;
  for (const [own, other] of pairs)
    assert.deepEqual(
      await outcomeOf(() => other(ticket)),
      await outcomeOf(() => own(ticket)),
      "the outcomes differ",
    );
}
