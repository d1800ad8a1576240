import { styleText } from "node:util";
import type { ComponentEvaluation, GateResult } from "@tta-dev/observability/collectors";
import type { Maturity } from "./evaluate-project.ts";
import { wrapWords } from "../wrap-words.ts";
import { gateTitles, marks, stageInQuestion, totalsOf, verdictOf } from "./words.ts";

const COLOURS = { passed: "green", failed: "red", no_data: "yellow" } as const;
const INDENT = "  ";
/** Narrower than this, notes would be a column of single words. */
const LEAST_NOTE = 24;

/** Writes an evaluation for a person, `columns` wide where it can. */
export function maturityText({ source, components }: Maturity, columns: number): string {
  const name = Math.max(...components.map((one) => one.name.length));
  const stage = Math.max(...components.map((one) => one.stage.length));
  const blocks = components.map((one) => {
    const colour = one.declared.met ? (one.next?.met === false ? "reset" : "green") : "red";
    const head = `${styleText("bold", one.name.padEnd(name))}  ${one.stage.padEnd(stage)}  ${styleText(colour, verdictOf(one))}`;
    return [head, gatesText(stageInQuestion(one).gates, columns)].filter((part) => part !== "");
  });
  return [
    ...blocks.map((lines) => lines.join("\n")),
    [totalsOf(components), source].flatMap((line) => wrapWords(line, columns)).join("\n"),
  ].join("\n\n");
}

/** Writes gates as rows; what does not fit beside a row stands below it. */
function gatesText(gates: readonly GateResult[], columns: number): string {
  const width = (read: (gate: GateResult) => string): number =>
    Math.max(...gates.map((gate) => read(gate).length));
  const title = width(({ gate }) => gateTitles[gate]);
  const found = width((gate) => gate.found);
  const asked = width((gate) => gate.asked);
  const left = INDENT.length + 2 + title + 2 + found + 2 + asked + 2;
  return gates
    .flatMap((gate) => {
      const mark = styleText(COLOURS[gate.status], marks[gate.status]);
      const row = `${INDENT}${mark} ${gateTitles[gate.gate].padEnd(title)}  ${gate.found.padEnd(found)}  ${gate.asked.padEnd(asked)}`;
      if (gate.note === "") return [row.trimEnd()];
      const room = columns - left;
      const [first = "", ...rest] = wrapWords(gate.note, Math.max(room, LEAST_NOTE));
      const below = rest.map((line) => " ".repeat(left) + styleText("dim", line));
      return [`${row}  ${styleText("dim", first)}`, ...below];
    })
    .join("\n");
}

/** The heading of a promotion. */
export function promotionText(evaluation: ComponentEvaluation, columns: number): string {
  const { name, stage, next } = evaluation;
  if (next === null) return "";
  const gates = gatesText(next.gates, columns);
  if (!next.met)
    return [
      `${name} may not go from ${stage} to ${next.stage}: ${next.missing.length} of ${next.gates.length} gates not passed`,
      gates,
    ].join("\n\n");
  return [
    `${name} may go from ${stage} to ${next.stage}: all ${next.gates.length} gates are passed`,
    gates,
    `Where defineComponent says name: ${JSON.stringify(name)}, change\n${styleText("red", `- stage: ${JSON.stringify(stage)}`)}\n${styleText("green", `+ stage: ${JSON.stringify(next.stage)}`)}`,
  ].join("\n\n");
}
