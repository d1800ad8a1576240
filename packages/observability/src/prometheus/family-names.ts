import { metricDescriptors } from "@tta-dev/primitives/catalog";
import type { Family } from "./family.ts";

type FamilyKind = Exclude<Family["type"], "samples"> | "summary" | "unknown";

/** What follows a family's name in the names of its samples. */
const SUFFIXES: Readonly<Record<FamilyKind, readonly string[]>> = {
  counter: ["", "_total", "_created"],
  gauge: [""],
  histogram: ["", "_bucket", "_count", "_sum", "_created"],
  info: ["", "_info"],
  summary: ["", "_count", "_sum", "_created"],
  unknown: [""],
};

/** The names that the metrics of the catalogue have on the page, whether they are on it already or not. */
const ours: ReadonlySet<string> = new Set([
  ...namesOf("target", "info"),
  ...[...metricDescriptors.values()].flatMap(({ prometheusName, kind }) =>
    namesOf(
      kind === "counter" ? prometheusName.replace(/_total$/, "") : prometheusName,
      kind === "upDown" ? "gauge" : kind,
    ),
  ),
]);

/** The names of one page. */
export interface FamilyNames {
  /** Takes the names that a family needs, in both formats. Where one of them is taken, says by whom, and takes none. */
  readonly take: (
    family: Pick<Family, "name">,
    kind: FamilyKind,
  ) => "the primitives" | "another metric" | undefined;
}

/** Starts with the names of the catalogue: they are ours for good, so that no other metric loses its name halfway. */
export function createFamilyNames(): FamilyNames {
  const taken = new Set<string>();
  return {
    take({ name }, kind) {
      const names = namesOf(name, kind);
      if (names.some((one) => ours.has(one))) return "the primitives";
      if (names.some((one) => taken.has(one))) return "another metric";
      for (const one of names) taken.add(one);
      return undefined;
    },
  };
}

function namesOf(name: string, kind: FamilyKind): string[] {
  return SUFFIXES[kind].map((suffix) => name + suffix);
}
