import type { Sample, SampleFamily } from "../family.ts";
import { parseSample } from "./sample-line.ts";

/** What could be read of a page, and the lines that could not, each with the metric it may belong to. */
export interface ParsedPage {
  readonly families: readonly SampleFamily[];
  readonly broken: readonly { readonly metric: string; readonly line: string }[];
}

const META = /^#[ \t]+(HELP|TYPE)[ \t]+([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \t]+(.*))?$/s;
const TYPES = { counter: 0, gauge: 0, histogram: 0, summary: 0, untyped: 0, unknown: 0 };
/** What samples of a type may end in, besides the name alone. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total"],
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["_sum", "_count"],
};

interface Draft {
  readonly name: string;
  type: keyof typeof TYPES;
  help: string;
  readonly samples: Map<string, Sample>;
}

/**
 * Reads a page in text format 0.0.4, such as prom-client's. Each family is in one piece afterwards, and each series there
 * once.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function parseFamilies(page: string): ParsedPage {
  const drafts = new Map<string, Draft>();
  const broken: { readonly metric: string; readonly line: string }[] = [];
  let last = "";

  const draftOf = (name: string): Draft => {
    let draft = drafts.get(name);
    if (draft === undefined)
      drafts.set(name, (draft = { name, type: "untyped", help: "", samples: new Map() }));
    return draft;
  };
  /** The family of a sample: the one that announced such samples, else one of its own. */
  const familyOf = (sample: string): Draft => {
    const known = drafts.get(sample);
    if (known !== undefined) return known;
    const suffix = /_(?:total|bucket|sum|count)$/.exec(sample)?.[0] ?? "";
    const announced = drafts.get(sample.slice(0, sample.length - suffix.length));
    return announced !== undefined && SUFFIXES[announced.type]?.includes(suffix) === true
      ? announced
      : draftOf(sample);
  };
  const readMeta = ([, keyword = "", name = "", rest = ""]: readonly string[]): void => {
    const draft = draftOf(name);
    last = name;
    if (keyword === "HELP")
      draft.help = rest.replaceAll(/\\([\\n])/g, (_, of: string) => (of === "n" ? "\n" : of));
    else if (Object.hasOwn(TYPES, rest.trim())) draft.type = rest.trim() as Draft["type"];
    else broken.push({ metric: name, line: `# TYPE ${name} ${rest}` });
  };

  for (const text of page.split("\n")) {
    const line = text.trim();
    const meta = META.exec(line);
    if (meta !== null) readMeta(meta);
    else if (line !== "" && !line.startsWith("#")) {
      const sample = parseSample(line);
      if (sample === undefined) {
        const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
        broken.push({ metric: name === undefined ? last : familyOf(name).name, line });
      } else {
        const draft = familyOf(sample.name);
        last = draft.name;
        draft.samples.set(`${sample.name}{${sample.labels}}`, sample);
      }
    }
  }

  const isBroken = new Set(broken.map(({ metric }) => metric));
  return {
    families: [...drafts.values()]
      .filter(({ name, samples }) => samples.size > 0 && !isBroken.has(name))
      .map(sampleFamily),
    broken,
  };
}

function sampleFamily({ name, type, help, samples }: Draft): SampleFamily {
  const isTotal = type === "counter" && name.endsWith("_total");
  return {
    type: "samples",
    name: isTotal ? name.replace(/_total$/, "") : name,
    of: type === "untyped" ? "unknown" : type,
    help,
    samples: [...samples.values()],
  };
}
