import type { LabelDescriptor, LabelName } from "@tta-dev/primitives/catalog";
import { checkObject, wrongType } from "./wrong-argument.ts";

/** Which series to look at: for each label the value, or any of several. `""` is a series that lacks the label. */
export type LabelMatch<L extends LabelName = LabelName> = {
  readonly [N in L]?: string | readonly string[] | undefined;
};

/** Anything with labels, as the series in a snapshot are. */
export interface Labelled {
  readonly labelValues: readonly string[];
}

/** The labels of a metric, and a way to read them from its series. */
export interface LabelView {
  /** Reads one label of a series. */
  readonly read: (series: Labelled, label: LabelName) => string;
  /** Returns a test for series. */
  readonly matches: (match: LabelMatch) => (series: Labelled) => boolean;
}

/** Makes the view of one metric. */
export function viewLabels(labels: readonly LabelDescriptor[]): LabelView {
  const positions = new Map<string, number>(labels.map(({ name }, position) => [name, position]));
  const read = (series: Labelled, label: LabelName): string =>
    series.labelValues[positions.get(label) ?? -1] ?? "";
  return {
    read,
    matches(match) {
      const tests = entriesOf(match).map(
        ([label, values]) => [label, new Set([values].flat())] as const,
      );
      return (series) => tests.every(([label, values]) => values.has(read(series, label)));
    },
  };
}

/** The labels that are asked for. */
export function labelsIn(match: LabelMatch): LabelName[] {
  return entriesOf(match).map(([label]) => label);
}

/**
 * Checks a match that a caller gave.
 *
 * @param labels Those that are allowed
 * @throws TypeError for a label that is not allowed, and for values that are no text
 */
export function checkMatch(place: string, match: unknown, labels: readonly LabelName[]): void {
  checkObject(place, match);
  for (const [label, values] of Object.entries(match as object)) {
    if (!labels.some((name) => name === label))
      throw new TypeError(`${place} has "${label}"; expected one of ${labels.join(", ")}`);
    if (values !== undefined) checkValues(`${place}.${label}`, values);
  }
}

/** @throws TypeError if the value is neither text nor a list of texts */
export function checkValues(place: string, value: unknown): void {
  if ([value].flat().every((one: unknown) => typeof one === "string")) return;
  throw wrongType({ place, value, expected: "a string or an array of strings" });
}

function entriesOf(match: LabelMatch): [LabelName, string | readonly string[]][] {
  // Object.entries forgets the key type; a match that came from outside was checked.
  return Object.entries(match).filter(([, values]) => values !== undefined) as [
    LabelName,
    string | readonly string[],
  ][];
}
