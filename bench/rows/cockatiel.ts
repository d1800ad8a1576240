import type { Row } from "../harness/row.ts";
import type { Run } from "../harness/paired.ts";
import { guarded, retried, timed } from "../ours.ts";
import { createTicket, type Ticket } from "../scenario.ts";
import { manyPairs, ratioRow } from "./paired-row.ts";

type Guarded = (ticket: Ticket) => Promise<unknown>;

/** Against cockatiel, which traces and counts nothing: ours has no SDK and counts as ever. One step that succeeds. */
export const cockatielRows: readonly Row[] = [
  cockatielRow({
    name: "retry, no SDK, against cockatiel",
    limit: 13,
    ours: retried,
    opponent: "retried",
    pairs: manyPairs,
  }),
  cockatielRow({
    name: "timeout, no SDK, against cockatiel",
    limit: 1.1,
    ours: timed,
    opponent: "timedAggressively",
  }),
  cockatielRow({
    name: "timeout, no SDK, against cockatiel, cooperative",
    limit: 1.3,
    ours: timed,
    opponent: "timedCooperatively",
  }),
  cockatielRow({
    name: "retry around timeout, no SDK, against cockatiel",
    limit: 1.2,
    ours: guarded,
    opponent: "guarded",
  }),
];

function cockatielRow(init: {
  readonly name: string;
  readonly limit: number;
  readonly ours: Guarded;
  readonly opponent: "retried" | "timedAggressively" | "timedCooperatively" | "guarded";
  readonly pairs?: number;
}): Row {
  const { ours, opponent, ...rest } = init;
  return ratioRow({
    ...rest,
    verification: "cockatiel",
    async contest() {
      const opponents = await import("../opponents/cockatiel.ts");
      return { ours: asGuardedRun(ours), theirs: asGuardedRun(opponents[opponent]) };
    },
  });
}

function asGuardedRun(guardedStep: Guarded): Run {
  return (index) => guardedStep(createTicket(index));
}
