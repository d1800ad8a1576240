import type { Summary } from "../summary.ts";
import { padRight } from "./display-width.ts";
import { durationText } from "./duration-text.ts";
import { countText, countedText, percentText } from "./number-text.ts";
import { paintNothing } from "./paint.ts";
import type { Paint } from "./paint.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { wrapParts } from "./wrap-parts.ts";

/** Options of `renderSummary`. */
export interface SummaryOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** @default paintNothing */
  readonly paint?: Paint;
}

const labelColumns = 13;
const columns: readonly Column[] = [
  { title: "primitive", align: "left" },
  { title: "type", align: "left" },
  { title: "runs", align: "right" },
  { title: "errors", align: "right" },
  { title: "p50", align: "right" },
  { title: "p95", align: "right" },
  { title: "p99", align: "right" },
];

/** Draws the summary: one line of totals, a table of primitives, then a line for each kind of recovery. */
export function renderSummary(
  summary: Summary,
  { width, paint = paintNothing }: SummaryOptions,
): string {
  const rows = summary.primitives.map((primitive) => [
    primitive.name,
    primitive.type,
    countText(primitive.executions),
    primitive.errors > 0 ? { text: countText(primitive.errors), style: "red" as const } : "0",
    durationText(primitive.p50Ms),
    durationText(primitive.p95Ms),
    durationText(primitive.p99Ms),
  ]);
  const facts = summaryFacts(summary).map(([label, parts]) => {
    const lines = wrapParts(parts.length === 0 ? ["none"] : parts, width - labelColumns);
    return (
      paint("bold", padRight(label, labelColumns)) + lines.join(`\n${" ".repeat(labelColumns)}`)
    );
  });
  const table = rows.length === 0 ? [] : [renderTable(columns, rows, { width, paint }), ""];
  return [renderTotals(summary, paint), "", ...table, ...facts].join("\n");
}

function renderTotals(summary: Summary, paint: Paint): string {
  const { runs, errors, requested, wallMs, speed, interrupted } = summary;
  const failed = `${countedText(errors, "error")} (${percentText(summary.errorRatio)})`;
  const parts = [
    paint("bold", countedText(runs, "run")),
    paint(errors > 0 ? "red" : "green", failed),
    countedText(summary.traces, "trace"),
    `${durationText(wallMs)} at ${speed} × the trace's speed`,
  ];
  const text = parts.join(", ");
  return interrupted
    ? `${text}\n${paint("yellow", `interrupted; ${countText(requested)} were asked for`)}`
    : text;
}

function summaryFacts(summary: Summary): readonly (readonly [string, readonly string[]])[] {
  const { retries, handOffs, tokens, modelServer } = summary;
  return [
    [
      "retries",
      [
        `${countText(retries.repeatedAttempts)} repeated attempts`,
        `${countText(retries.recovered)} recovered`,
        `${countText(retries.failed)} failed in the end`,
      ],
    ],
    [
      "fallbacks",
      summary.fallbacks.map(
        ({ servedBy, activations }) => `${servedBy} ${countText(activations)} ×`,
      ),
    ],
    ["breakers", summary.breakers.flatMap(breakerParts)],
    ["caches", summary.caches.map(cachePart)],
    ["tokens", [`${countText(tokens.prompt)} in`, `${countText(tokens.completion)} out`]],
    [
      "hand-offs",
      [
        `${countText(handOffs.asked)} asked of a person`,
        `${countText(handOffs.answered)} answered`,
      ],
    ],
    [
      "model server",
      [
        countedText(modelServer.calls, "call"),
        ...Object.entries(modelServer.endedBy).map(([end, count]) => `${end}: ${countText(count)}`),
      ],
    ],
  ];
}

function breakerParts(breaker: Summary["breakers"][number]): readonly string[] {
  return [
    `${breaker.name} is ${breaker.state}`,
    ...breaker.transitions.map(({ from, to, count }) => `${from} → ${to} ${countText(count)} ×`),
    ...(breaker.rejected > 0 ? [`${countedText(breaker.rejected, "call")} refused`] : []),
  ];
}

function cachePart({ name, hits, misses }: Summary["caches"][number]): string {
  const lookups = hits + misses;
  return `${name} ${percentText(lookups === 0 ? 0 : hits / lookups)} hits (${countText(hits)} of ${countText(lookups)})`;
}
