import { gateNames, type GateResult } from "@tta-dev/observability/collectors";
import type { Maturity } from "./evaluate-project.ts";
import { gateTitles, marks, stageInQuestion, totalsOf, verdictOf } from "./words.ts";

/** Writes an evaluation as Markdown, for a pull request or a status page. */
export function maturityMarkdown({ source, components }: Maturity): string {
  const gates = gateNames.filter((name) =>
    components.some((one) => stageInQuestion(one).gates.some(({ gate }) => gate === name)),
  );
  const head = ["component", "stage", ...gates.map((name) => gateTitles[name]), "verdict"];
  const rows = components.map((one) => {
    const results = stageInQuestion(one).gates;
    const cells = gates.map((name) => gateCell(results.find(({ gate }) => gate === name)));
    return [one.name, one.stage, ...cells, verdictOf(one)];
  });
  const missing = components.flatMap((one) => {
    const { stage, missing: words } = stageInQuestion(one);
    if (words.length === 0) return [];
    return [
      `**${plain(one.name)}**, for ${stage}:\n\n${words.map((line) => `- ${plain(line)}`).join("\n")}`,
    ];
  });
  return [
    "## Component maturity",
    [head, head.map(() => "---"), ...rows].map(rowOf).join("\n"),
    `${plain(totalsOf(components))}. ${plain(capitalized(source))}.`,
    ...missing,
  ].join("\n\n");
}

function gateCell(result: GateResult | undefined): string {
  return result === undefined ? "" : `${marks[result.status]} ${result.found}`;
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map(plain).join(" | ")} |`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Keeps names and paths from being read as Markdown. */
function plain(text: string): string {
  return text.replaceAll(/[|*_<>`\\]/g, String.raw`\$&`);
}
