import type { Row } from "../harness/row.ts";
import type { Run } from "../harness/paired.ts";
import { guarded, retried, timed } from "../ours.ts";
import { createTicket, type Ticket } from "../scenario.ts";
import { ratioRow } from "./paired-row.ts";

type Guarded = (ticket: Ticket) => Promise<unknown>;

/** Against cockatiel, which traces and counts nothing: ours has no SDK and counts as ever. One step that succeeds. */
export const cockatielRows: readonly Row[] = [
  cockatielRow({ name: "retry, no SDK, against cockatiel", ours: retried, opponent: "retried" }),
  cockatielRow({
    name: "timeout, no SDK, against cockatiel",
    ours: timed,
    opponent: "timedAggressively",
  }),
  cockatielRow({
    name: "timeout, no SDK, against cockatiel, cooperative",
    ours: timed,
    opponent: "timedCooperatively",
  }),
  cockatielRow({
    name: "retry around timeout, no SDK, against cockatiel",
    ours: guarded,
    opponent: "guarded",
  }),
];

function cockatielRow(init: {
  readonly name: string;
  readonly ours: Guarded;
  readonly opponent: "retried" | "timedAggressively" | "timedCooperatively" | "guarded";
}): Row {
  return ratioRow({
    name: init.name,
    limit: 1,
    verification: "cockatiel",
    async contest() {
      const opponents = await import("../opponents/cockatiel.ts");
      return { ours: asGuardedRun(init.ours), theirs: asGuardedRun(opponents[init.opponent]) };
    },
  });
}

function asGuardedRun(guardedStep: Guarded): Run {
  return (index) => guardedStep(createTicket(index));
}
