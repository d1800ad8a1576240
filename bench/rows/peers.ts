import type { Row } from "../harness/row.ts";
import { createOurs } from "../ours.ts";
import { manyPairs, overheadRow, ratioRow } from "./paired-row.ts";
import { asRun, createTracedContest, spansPerRun } from "./traced-contest.ts";

/** Against nothing at all, Effect and LangChain. */
export const peerRows: readonly Row[] = [
  overheadRow({
    name: "no SDK, over plain await",
    unit: "µs a call",
    unitNs: 1000,
    timesPerRun: spansPerRun,
    limit: 0.4,
    verification: "plain",
    pairs: manyPairs,
    async contest() {
      const { answerPlainly } = await import("../opponents/plain.ts");
      return { ours: asRun(createOurs(), "usual"), theirs: asRun(answerPlainly, "usual") };
    },
  }),
  effectRow({ name: "recorded, against Effect with spans", limit: 0.65, stackTraces: true }),
  effectRow({
    name: "recorded, against Effect with spans, no stack traces",
    limit: 1.4,
    stackTraces: false,
  }),
  effectWithoutExporterRow({
    name: "no SDK, against Effect with spans and no exporter",
    limit: 0.12,
    stackTraces: true,
  }),
  effectWithoutExporterRow({
    name: "no SDK, against Effect with spans and no exporter, no stack traces",
    limit: 0.28,
    stackTraces: false,
  }),
  ratioRow({
    name: "recorded, against LangChain without tracing",
    limit: 0.4,
    verification: "langchain",
    contest: () => againstLangchain("all"),
  }),
  ratioRow({
    name: "never sampled, against LangChain without tracing",
    limit: 0.1,
    verification: "langchain",
    contest: () => againstLangchain("never"),
  }),
  ratioRow({
    name: "no SDK, against LangChain without tracing",
    limit: 0.06,
    verification: "langchain",
    async contest() {
      const { createLangchain } = await import("../opponents/langchain.ts");
      return { ours: asRun(createOurs(), "usual"), theirs: asRun(createLangchain(), "usual") };
    },
  }),
];

interface EffectRowInit {
  readonly name: string;
  readonly limit: number;
  readonly stackTraces: boolean;
}

function effectRow({ name, limit, stackTraces }: EffectRowInit): Row {
  return ratioRow({
    name,
    limit,
    verification: "effect:usual",
    async contest() {
      const { createEffect } = await import("../opponents/effect.ts");
      const { run, tracer } = createEffect({ size: "usual", stackTraces });
      return createTracedContest({
        sampling: "all",
        opponent: () => run,
        opponentUsesSdk: false,
        checkOpponent(runs) {
          if (tracer.ended !== runs * spansPerRun)
            throw new Error(`Effect ended ${tracer.ended} spans, expected ${runs * spansPerRun}`);
        },
      });
    },
  });
}

function effectWithoutExporterRow({ name, limit, stackTraces }: EffectRowInit): Row {
  return ratioRow({
    name,
    limit,
    verification: "effect:usual",
    async contest() {
      const { createEffectWithoutExporter } = await import("../opponents/effect.ts");
      const theirs = createEffectWithoutExporter({ size: "usual", stackTraces });
      return { ours: asRun(createOurs(), "usual"), theirs: asRun(theirs, "usual") };
    },
  });
}

async function againstLangchain(sampling: "all" | "never") {
  const { createLangchain } = await import("../opponents/langchain.ts");
  const samplerKnown = sampling === "never";
  return createTracedContest({
    sampling,
    samplerKnown,
    opponent: createLangchain,
    opponentUsesSdk: false,
  });
}
