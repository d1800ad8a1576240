import type { Summary } from "../summary/summary.ts";
import { renderComponents } from "./component-table.ts";
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
  { title: "count", align: "right" },
  { title: "errors", align: "right" },
  { title: "p50", align: "right" },
  { title: "p95", align: "right" },
  { title: "p99", align: "right" },
];

/** Draws the summary: totals, a table of primitives, a line for each kind of recovery, a table of components. */
export function renderSummary(
  summary: Summary,
  { width, paint = paintNothing }: SummaryOptions,
): string {
  const rows = summary.primitives.map((primitive) => [
    primitive.name,
    primitive.type,
    countText(primitive.count),
    primitive.errors > 0 ? { text: countText(primitive.errors), style: "red" as const } : "0",
    durationText(primitive.p50Seconds * 1000),
    durationText(primitive.p95Seconds * 1000),
    durationText(primitive.p99Seconds * 1000),
  ]);
  const facts = summaryFacts(summary).map(([label, parts]) => {
    const lines = wrapParts(parts.length === 0 ? ["none"] : parts, width - labelColumns);
    return (
      paint("bold", padRight(label, labelColumns)) + lines.join(`\n${" ".repeat(labelColumns)}`)
    );
  });
  const table = rows.length === 0 ? [] : [renderTable(columns, rows, { width, paint }), ""];
  const components =
    summary.components.length === 0
      ? []
      : ["", renderComponents(summary.components, { width, paint })];
  return [renderTotals(summary, paint), "", ...table, ...facts, ...components].join("\n");
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
  const { retries, tokens, llm, modelServer } = summary;
  return [
    ["SLOs", summary.slos.flatMap(sloParts)],
    ["failed runs", summary.failures.map(({ errorType, runs }) => timesText(errorType, runs))],
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
      summary.fallbacks.map(({ servedBy, activations }) => timesText(servedBy, activations)),
    ],
    ["breakers", summary.breakers.flatMap((one) => breakerParts(one, summary.circuits))],
    ["caches", summary.caches.map(cachePart)],
    ["waits", summary.waits.flatMap(waitParts)],
    ["models", summary.models.map((one) => modelPart(one, summary.llm.models))],
    [
      "tokens",
      [
        `${countText(tokens.prompt)} in`,
        `${countText(tokens.completion)} out`,
        ...(llm.total.costUsd === null ? [] : [`for $${llm.total.costUsd.toFixed(2)}`]),
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

const sloStates: Readonly<Record<Summary["slos"][number]["state"], string>> = {
  no_data: "is not judged yet",
  too_few_events: "has too few runs to judge",
  met: "is met",
  missed: "is missed",
};

function sloParts(slo: Summary["slos"][number]): readonly string[] {
  const { name, state, objective, events, compliance, errorBudgetRemaining: left } = slo;
  if (compliance === null || left === null) return [`${name} ${sloStates.no_data}`];
  const percent = Math.abs(left * 100).toFixed(0);
  return [
    `${name} ${sloStates[state]}`,
    `${percentText(compliance)} of ${countedText(events, "run")} good (${Number((objective * 100).toFixed(3))} % promised)`,
    ...(slo.isBurning ? ["the budget burns too fast"] : []),
    left < 0 ? `error budget overspent by ${percent} %` : `${percent} % of the error budget left`,
  ];
}

function timesText(what: string, count: number): string {
  return `${what} ${countText(count)} ×`;
}

function breakerParts(
  breaker: Summary["breakers"][number],
  circuits: Summary["circuits"],
): readonly string[] {
  const seconds = circuits.find(({ name }) => name === breaker.name)?.secondsIn;
  return [
    `${breaker.name} is ${stateText(breaker.state)}`,
    ...(seconds === undefined || seconds.open === 0
      ? []
      : [`was open for ${durationText(seconds.open * 1_000)}`]),
    ...breaker.transitions.map(({ from, to, count }) =>
      timesText(`${stateText(from)} → ${stateText(to)}`, count),
    ),
    ...(breaker.rejected > 0 ? [`${countedText(breaker.rejected, "call")} refused`] : []),
  ];
}

function cachePart({ name, hits, misses }: Summary["caches"][number]): string {
  const lookups = hits + misses;
  return `${name} ${percentText(lookups === 0 ? 0 : hits / lookups)} hits (${countText(hits)} of ${countText(lookups)})`;
}

function stateText(state: string): string {
  return state.replace("_", "-");
}

function waitParts({
  name,
  count,
  completed,
  timedOut,
}: Summary["waits"][number]): readonly string[] {
  return [
    `${name} ${countText(count)} ×`,
    `${countText(completed)} answered`,
    `${countText(timedOut)} in vain`,
  ];
}

function modelPart(
  { model, requests, errors }: Summary["models"][number],
  measured: Summary["llm"]["models"],
): string {
  const times = measured.find((one) => one.model === model)?.latencySeconds;
  const facts = [
    `${countText(errors)} failed`,
    ...(times === null || times === undefined
      ? []
      : [`p50 ${durationText(times.p50 * 1_000)}`, `p95 ${durationText(times.p95 * 1_000)}`]),
  ];
  return `${model} ${countedText(requests, "call")} (${facts.join(", ")})`;
}
