import type { Summary } from "../summary/summary.ts";
import { displayWidth } from "./display-width.ts";
import { countText } from "./number-text.ts";
import { paintNothing } from "./paint.ts";
import type { Paint } from "./paint.ts";
import { renderTable } from "./table.ts";
import type { Cell, Column } from "./table.ts";
import { wrapParts } from "./wrap-parts.ts";

type Evaluation = Summary["components"][number];
type Gate = Evaluation["declared"]["gates"][number];

const columns: readonly Column[] = [
  { title: "component", align: "left" },
  { title: "stage", align: "left" },
  { title: "is held against", align: "left" },
  { title: "passed", align: "right" },
  { title: "missing", align: "left" },
];

/** What stands between a component's name and what it misses, gaps included. */
const columnsBetween = 2 + "development".length + 2 + "is held against".length + 2 + 6 + 2;
const leastRoom = 16;

const shortNames: Readonly<Record<Gate["gate"], string>> = {
  coverage: "coverage",
  slo_compliance: "SLOs",
  error_rate: "errors",
  executions: "runs",
  days_observed: "days",
  docs: "docs",
};

/** Draws how mature components are: before the stage that they fall short of, else before the next. */
export function renderComponents(
  components: readonly Evaluation[],
  { width, paint = paintNothing }: { readonly width: number; readonly paint?: Paint },
): string {
  const longest = Math.max(...components.map(({ name }) => displayWidth(name)));
  const room = Math.max(leastRoom, width - longest - columnsBetween);
  const rows = components.flatMap(
    ({ name, stage, declared, next }): readonly (readonly Cell[])[] => {
      const held = declared.met && next !== null ? next : declared;
      const open = held.gates.filter(({ status }) => status !== "passed");
      const passed = `${countText(held.gates.length - open.length)} of ${countText(held.gates.length)}`;
      const [missing = "", ...more] = wrapParts(open.map(missingText), room);
      return [
        [
          name,
          declared.met ? stage : { text: stage, style: "red" },
          held.stage,
          open.length === 0 ? { text: passed, style: "green" } : passed,
          missing,
        ],
        ...more.map((line) => ["", "", "", "", line]),
      ];
    },
  );
  const table = renderTable(columns, rows, { width, paint });
  return `${table}\n${paint("dim", "npx tta maturity --config examples/support-desk/tta.config.ts says why")}`;
}

/** A question mark stands for what nobody knows. */
function missingText({ gate, status }: Gate): string {
  return status === "no_data" ? `${shortNames[gate]}?` : shortNames[gate];
}
