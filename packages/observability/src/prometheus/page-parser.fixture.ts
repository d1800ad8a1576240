import type { ExpositionFormat } from "./format.ts";

export interface ParsedSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly exemplar:
    | {
        readonly labels: ReadonlyMap<string, string>;
        readonly value: number;
        readonly seconds: number;
      }
    | undefined;
}

export interface ParsedFamily {
  readonly name: string;
  type: string;
  help: string | undefined;
  unit: string | undefined;
  readonly samples: ParsedSample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const LABELS = `\\{((?:${LABEL}(?:,${LABEL})*)?)\\}`;
const NUMBER = String.raw`[+-]?(?:Inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?)|NaN`;
const SAMPLE = new RegExp(
  `^(${NAME})(?:${LABELS})? (${NUMBER})(?: (\\d+(?:\\.\\d+)?))?(?: # ${LABELS} (${NUMBER}) (\\d+\\.\\d+))?$`,
);
const META = new RegExp(`^# (HELP|TYPE|UNIT) (${NAME}) (.*)$`, "s");
const ENDINGS: Readonly<Record<string, RegExp>> = {
  counter: /^_total$/,
  gauge: /^$/,
  histogram: /^_(?:bucket|sum|count)$/,
  info: /^_info$/,
  summary: /^(?:|_sum|_count)$/,
  unknown: /^$/,
};

/**
 * Reads a page as strictly as the specification allows, which is more strictly than Prometheus does.
 *
 * @throws Error that names the line, where the page breaks a rule.
 */
export function parsePage(
  page: string,
  format: ExpositionFormat,
): ReadonlyMap<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const lines = page.split("\n");
  if (lines.pop() !== "") throw new Error("the last line does not end");
  if (format === "openmetrics" && lines.pop() !== "# EOF") throw new Error("no # EOF at the end");
  let current: ParsedFamily | undefined;

  const begin = (name: string): ParsedFamily => {
    if (current?.name === name) return current;
    if (families.has(name)) throw new Error("a family in two pieces");
    const family = { name, type: "", help: undefined, unit: undefined, samples: [] };
    families.set(name, family);
    return family;
  };
  for (const [index, line] of lines.entries()) {
    try {
      const meta = META.exec(line);
      if (meta !== null) {
        current = begin(meta[2] ?? "");
        readMeta(current, meta[1] ?? "", { text: meta[3] ?? "", format });
      } else {
        const sample = parseSample(line);
        if (current === undefined || !belongsTo(sample.name, current, format))
          throw new Error("no family for it");
        if (format === "text" && sample.exemplar !== undefined) throw new Error("an exemplar");
        current.samples.push(sample);
      }
    } catch (error) {
      throw new Error(`line ${index + 1}: ${String(error)}: ${line}`, { cause: error });
    }
  }
  for (const family of families.values()) checkFamily(family);
  return families;
}

function readMeta(
  family: ParsedFamily,
  keyword: string,
  { text, format }: { readonly text: string; readonly format: ExpositionFormat },
): void {
  if (family.samples.length > 0) throw new Error("described after its samples");
  if (keyword === "TYPE") {
    if (family.type !== "") throw new Error("TYPE twice");
    family.type = format === "text" && text === "untyped" ? "unknown" : text;
    if (ENDINGS[family.type] === undefined) throw new Error("no such type");
  } else if (keyword === "HELP") {
    if (family.help !== undefined) throw new Error("HELP twice");
    const escapes = format === "openmetrics" ? /^(?:[^"\\]|\\["\\n])*$/ : /^(?:[^\\]|\\[\\n])*$/;
    if (!escapes.test(text)) throw new Error("not escaped");
    family.help = unescape(text);
  } else {
    if (format === "text") throw new Error("UNIT in the text format");
    if (!family.name.endsWith(`_${text}`)) throw new Error("the name does not end in its unit");
    family.unit = text;
  }
}

function belongsTo(
  sample: string,
  { name, type }: ParsedFamily,
  format: ExpositionFormat,
): boolean {
  if (!sample.startsWith(name)) return false;
  const isPlain = format === "text" && type !== "histogram" && type !== "summary";
  return isPlain ? sample === name : ENDINGS[type]?.test(sample.slice(name.length)) === true;
}

/** Reads one sample; `# {…}` behind it is its exemplar. */
export function parseSample(line: string): ParsedSample {
  const [, name, labels, value, , exemplar, exemplarValue, seconds] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error("not a sample");
  return {
    name,
    labels: parseLabels(labels ?? ""),
    value: numberOf(value ?? ""),
    exemplar:
      exemplar === undefined
        ? undefined
        : {
            labels: parseLabels(exemplar),
            value: numberOf(exemplarValue ?? ""),
            seconds: Number(seconds),
          },
  };
}

function parseLabels(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gs)) {
    if (labels.has(name)) throw new Error(`label ${name} twice`);
    labels.set(name, unescape(value));
  }
  return labels;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, of: string) => (of === "n" ? "\n" : of));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

/** The name and the labels of a sample, in one order. */
export function seriesOf({ name, labels }: Pick<ParsedSample, "name" | "labels">): string {
  return JSON.stringify([name, [...labels].toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}

function checkFamily(family: ParsedFamily): void {
  const seen = new Set<string>();
  for (const sample of family.samples) {
    const series = seriesOf(sample);
    if (seen.has(series)) throw new Error(`twice: ${series}`);
    seen.add(series);
    const isCount = /_(?:bucket|count|total)$/.test(sample.name) && family.type !== "gauge";
    if (isCount && !(sample.value >= 0)) throw new Error(`${series} is ${sample.value}`);
    if (family.type === "info" && sample.value !== 1) throw new Error(`${series} is not 1`);
    if (sample.exemplar !== undefined) checkExemplar(sample);
  }
  if (family.type === "histogram") checkHistogram(family);
}

function checkExemplar({ name, exemplar }: ParsedSample): void {
  if (!/_(?:bucket|total)$/.test(name)) throw new Error(`${name} has an exemplar`);
  const characters = [...(exemplar?.labels ?? [])].flat().join("");
  if (characters.length > 128) throw new Error(`an exemplar of ${name} is too long`);
}

/** Buckets rise, end in +Inf, hold as many as the count, and their exemplars lie in them. */
function checkHistogram({ name, samples }: ParsedFamily): void {
  let bound = -Infinity;
  let below = 0;
  for (const { name: sample, labels, value, exemplar } of samples) {
    if (sample.endsWith("_count") && (value !== below || bound !== Infinity))
      throw new Error(`${name}: ${value} values, ${below} in buckets up to ${bound}`);
    if (!sample.endsWith("_bucket")) {
      if (sample.endsWith("_count")) [bound, below] = [-Infinity, 0];
      continue;
    }
    const text = labels.get("le") ?? "";
    const next = numberOf(text);
    if (!/[.e]|Inf/.test(text) || !(next > bound) || value < below)
      throw new Error(`${name}: bucket ${text}`);
    if (
      exemplar !== undefined &&
      !(exemplar.value > bound && exemplar.value <= next) &&
      exemplar.value !== 0
    )
      throw new Error(`${name}: an exemplar of ${exemplar.value} in the bucket up to ${text}`);
    bound = next;
    below = value;
  }
}
