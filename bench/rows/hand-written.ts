import type { Row } from "../harness/row.ts";
import type { ContextSize } from "../scenario.ts";
import type { Sampling } from "../telemetry/sdk.ts";
import { ratioRow } from "./paired-row.ts";
import { createTracedContest } from "./traced-contest.ts";

/** Against the same spans, attributes and metrics written by hand with the OpenTelemetry SDK. */
export const handWrittenRows: readonly Row[] = [
  byHandRow({
    name: "recorded, context of 4 fields, against by hand",
    limit: 0.55,
    sampling: "all",
    size: "four",
  }),
  byHandRow({ name: "recorded, against by hand", limit: 0.55, sampling: "all" }),
  byHandRow({
    name: "recorded, full context, against by hand",
    limit: 0.55,
    sampling: "all",
    size: "full",
  }),
  ratioRow({
    name: "recorded, against hand-tuned",
    limit: 0.6,
    verification: "hand-tuned:usual",
    async contest() {
      const { createHandTuned } = await import("../opponents/otel-hand-tuned.ts");
      const opponent = () => createHandTuned("usual");
      return createTracedContest({ sampling: "all", opponent, opponentUsesSdk: true });
    },
  }),
  byHandRow({
    name: "1 % sampled, any sampler, against by hand",
    limit: 0.35,
    sampling: "one-percent",
  }),
  byHandRow({
    name: "1 % sampled, known sampler, against by hand",
    limit: 0.22,
    sampling: "one-percent",
    known: true,
  }),
  byHandRow({
    name: "never sampled, any sampler, against by hand",
    limit: 0.32,
    sampling: "never",
  }),
  byHandRow({
    name: "never sampled, known sampler, against by hand",
    limit: 0.2,
    sampling: "never",
    known: true,
  }),
];

function byHandRow(init: {
  readonly name: string;
  readonly limit: number;
  readonly sampling: Sampling;
  readonly known?: boolean;
  readonly size?: ContextSize;
}): Row {
  const { name, limit, sampling, known: samplerKnown = false, size = "usual" } = init;
  return ratioRow({
    name,
    limit,
    verification: `by-hand:${size}`,
    async contest() {
      const { createByHand } = await import("../opponents/otel-by-hand.ts");
      const opponent = () => createByHand(size);
      return createTracedContest({ sampling, samplerKnown, size, opponent, opponentUsesSdk: true });
    },
  });
}
