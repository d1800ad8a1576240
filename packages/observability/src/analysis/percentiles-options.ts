import type { HistogramName, LabelName } from "@tta-dev/primitives/catalog";
import { metricDescriptor, metricDescriptors } from "@tta-dev/primitives/catalog";
import type { LabelMatch } from "./label-match.ts";
import { checkMatch, checkValues } from "./label-match.ts";
import { checkObject, checkWord, wrongType, wrongValue } from "./wrong-argument.ts";

/** What is measured in whom: a primitive's executions, a workflow's runs, a model's calls. */
export type Measured = "primitive" | "workflow" | "model";

/** The percentiles that are given where nobody asks for others. */
export type StandardPercentile = 50 | 90 | 95 | 99 | 99.9;

export interface PercentilesOptions<P extends number = StandardPercentile> {
  /**
   * Executions of each primitive, runs of each workflow, calls of each model; or any histogram of the catalogue.
   *
   * @default "primitive"
   */
  readonly of?: Measured | HistogramName;
  /**
   * The label whose values get percentiles of their own.
   *
   * @default the name of the primitive, workflow or model; of a histogram its first label
   */
  readonly by?: LabelName;
  /** Only these values of `by`. @default all */
  readonly name?: string | readonly string[];
  /** Only series with these labels, for example `{ status: "success" }`. @default all */
  readonly where?: LabelMatch;
  /**
   * Which percentiles, each above 0 and at most 100.
   *
   * @default [50, 90, 95, 99, 99.9]
   */
  readonly at?: readonly P[];
}

/** Options that were checked, with what they leave open filled in. */
export interface PercentilesQuery {
  readonly metric: HistogramName;
  readonly by: LabelName;
  readonly where: LabelMatch;
  readonly at: readonly number[];
}

const STANDARD: readonly StandardPercentile[] = [50, 90, 95, 99, 99.9];

const MEASURED: Readonly<Record<Measured, Omit<PercentilesQuery, "at">>> = {
  primitive: { metric: "primitive.execution.duration", by: "primitive_name", where: {} },
  workflow: {
    metric: "primitive.execution.duration",
    by: "workflow_name",
    where: { primitive_type: "workflow" },
  },
  model: { metric: "llm.request.duration", by: "llm_model_name", where: {} },
};

const histograms = [...metricDescriptors.values()].flatMap(({ name, kind }) =>
  kind === "histogram" ? name : [],
);

/**
 * Checks options and fills them in.
 *
 * @throws TypeError or RangeError for a wrong option
 */
export function percentilesQuery(options: PercentilesOptions<number>): PercentilesQuery {
  checkObject("percentiles: the argument", options);
  const { of = "primitive", where = {}, name, at = STANDARD } = options;
  checkWord("percentiles: of", of, [...Object.keys(MEASURED), ...histograms]);
  const preset = isMeasured(of) ? MEASURED[of] : undefined;
  const metric = preset?.metric ?? (of as HistogramName);
  const labels = metricDescriptor(metric).labels.map((label) => label.name);
  const by = options.by ?? preset?.by ?? labels[0]!;
  checkWord("percentiles: by", by, labels);
  checkMatch("percentiles: where", where, labels);
  if (name !== undefined) checkValues("percentiles: name", name);
  checkPercentiles(at);
  return {
    metric,
    by,
    where: { ...where, ...preset?.where, ...(name !== undefined && { [by]: name }) },
    at,
  };
}

function isMeasured(of: string): of is Measured {
  return Object.hasOwn(MEASURED, of);
}

function checkPercentiles(at: unknown): void {
  if (!Array.isArray(at))
    throw wrongType({ place: "percentiles: at", value: at, expected: "an array of numbers" });
  for (const [index, value] of (at as readonly unknown[]).entries()) {
    const given = {
      place: `percentiles: at[${index}]`,
      value,
      expected: "a number above 0 and at most 100",
    };
    if (typeof value !== "number") throw wrongType(given);
    if (!(value > 0 && value <= 100)) throw wrongValue(given);
  }
}
