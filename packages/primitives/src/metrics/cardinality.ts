import type { LabelDescriptor } from "../catalog/descriptor.ts";
import { OTHER } from "../catalog/labels.ts";

/** Series kept back for folded rows, as far as this is not more than a tenth of the limit. */
const RESERVED_SERIES = 100;
/** A longer label value is junk (a message, a document) and would be kept for the life of the process. */
const MAX_VALUE_LENGTH = 1024;

export interface CardinalityLimits {
  /** Most series of a metric. */
  readonly seriesLimit: number;
  /** Most values of an open label. */
  readonly valueBudget: number;
}

/** Decides which label values a metric keeps and which are added up under `__other__`. */
export interface Cardinality {
  /** Replaces, in place, values beyond their label's budget. A value that was kept once is kept for ever. */
  foldValues(values: string[]): void;
  /** Whether one more row, with these values, may be made. One whose every open label is folded always may. */
  hasRoom(rowCount: number, values: readonly string[]): boolean;
  /** Replaces, in place, the last value that may still fold. */
  foldOne(values: string[]): void;
}

/**
 * Creates the rules for one metric.
 *
 * Three sorts of rows share the series limit. A row with no open label left to fold always has room: there is one
 * for each combination of closed values, and that many are set aside. A row with some labels folded may take all the
 * rest, an unfolded row only what the reserve leaves. So a metric never has more series than its limit (or than its
 * closed labels have combinations), and yet whatever is recorded finds a row, which is what keeps sums exact.
 *
 * Room never comes back, so equal labels find the same row for ever.
 */
export function createCardinality(
  labels: readonly LabelDescriptor[],
  limits: CardinalityLimits,
): Cardinality {
  const rules = labels.map((label) => createLabelRule(label, limits.valueBudget));
  const combinations = rules.reduce((product, rule) => product * rule.lastingValues, 1);
  const limit = limits.seriesLimit;
  const reserve = Math.max(combinations, Math.min(RESERVED_SERIES, Math.ceil(limit / 10)));

  const mayFold = (value: string, position: number): boolean =>
    rules[position]?.mayFold(value) ?? false;

  return {
    foldValues(values) {
      rules.forEach((rule, position) => {
        if (!rule.admits(values[position] ?? "")) values[position] = OTHER;
      });
    },
    hasRoom(rowCount, values) {
      if (!values.some(mayFold)) return true;
      return rowCount < limit - (values.includes(OTHER) ? combinations : reserve);
    },
    foldOne(values) {
      values[values.findLastIndex(mayFold)] = OTHER;
    },
  };
}

interface LabelRule {
  /** Whether the value is kept as it is; a new one takes a place in the budget. */
  admits(value: string): boolean;
  /** Whether the value would give way to `__other__` when the metric has too many series. */
  mayFold(value: string): boolean;
  /** How many values never give way, `__other__` included. */
  readonly lastingValues: number;
}

function createLabelRule(label: LabelDescriptor, valueBudget: number): LabelRule {
  // Absence is one more value of a closed label. Of an open one it folds too, or it would double the rows kept back.
  const lasting = new Set(label.known.length > 0 ? [OTHER, "", ...label.known] : [OTHER]);
  const admitted = new Set<string>();
  return {
    lastingValues: lasting.size,
    mayFold: (value) => !lasting.has(value),
    admits(value) {
      if (value === "" || lasting.has(value) || admitted.has(value)) return true;
      if (!label.open || admitted.size >= valueBudget || value.length > MAX_VALUE_LENGTH)
        return false;
      admitted.add(value);
      return true;
    },
  };
}
