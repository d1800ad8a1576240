import type { Sample } from "../family.ts";
import { formatLabels } from "../label-text.ts";
import { formatBound } from "../text.ts";

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{(.*)\}[ \t]*|[ \t])(\S+)(?:[ \t]+(-?\d+))?$/s;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\\n]|\\["\\n])*)"[ \t]*(,|$)/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Numbers that are part of a series' name. */
const NUMERIC_LABELS = new Set(["le", "quantile"]);

/** Reads a line of the text format 0.0.4; undefined where it is none. */
export function parseSample(line: string): Sample | undefined {
  const [, name, labels = "", number = "", time] = SAMPLE.exec(line) ?? [];
  if (name === undefined) return undefined;
  const pairs = parseLabels(labels.trim());
  const value = parseNumber(number);
  if (pairs === undefined || value === undefined) return undefined;
  return {
    name,
    labels: formatLabels(pairs),
    value,
    ...(time !== undefined && { atMs: Number(time) }),
  };
}

function parseLabels(text: string): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, escaped = ""] = LABEL.exec(text) ?? [];
    if (name === undefined || name.startsWith("__") || labels.has(name)) return undefined;
    labels.set(name, valueOf(name, escaped));
  }
  return labels;
}

/** Bounds are brought into the form that those of all other metrics have. */
function valueOf(label: string, escaped: string): string {
  const value = escaped.replaceAll(/\\(.)/gs, (_, character: string) =>
    character === "n" ? "\n" : character,
  );
  const number = NUMERIC_LABELS.has(label) ? parseNumber(value) : undefined;
  return number === undefined ? value : formatBound(number);
}

function parseNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special === null) return undefined;
  if (special[2]?.toLowerCase() === "nan") return Number.NaN;
  return special[1] === "-" ? -Infinity : Infinity;
}
