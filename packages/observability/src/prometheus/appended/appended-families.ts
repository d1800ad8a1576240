import type { SampleFamily } from "../family.ts";
import type { FamilyNames } from "../family-names.ts";
import type { PageProblems } from "../page-problems.ts";
import { parseFamilies } from "./parse-families.ts";

const SHOWN_CHARACTERS = 80;

/**
 * Makes families of what an application appends to the page. One that has the name of another metric, and one with a line
 * that cannot be read, is left out and reported.
 */
export function appendedFamilies(
  page: string,
  names: FamilyNames,
  { report, drop }: PageProblems,
): readonly SampleFamily[] {
  const { families, broken } = parseFamilies(page);
  for (const { metric, line } of broken) {
    drop("invalid_metric");
    report({
      code: "metric_invalid",
      message: `what you append to the metrics page has a line that is not in text format 0.0.4, and its metric is left out: ${line.slice(0, SHOWN_CHARACTERS)}`,
      subject: `append ${metric}`,
    });
  }
  return families.filter((family) => {
    const owner = names.take(family, kindOf(family));
    if (owner === undefined) return true;
    drop("invalid_metric");
    report({
      code: "metric_name_taken",
      message: `what you append to the metrics page has a metric ${family.name}, and ${owner} has that name: it is left out`,
      subject: `append ${family.name}`,
    });
    return false;
  });
}

/** A counter whose samples do not end in `_total` takes one name only. */
function kindOf({ of, name, samples }: SampleFamily): Parameters<FamilyNames["take"]>[1] {
  if (of === "histogram" || of === "summary" || of === "gauge") return of;
  return of === "counter" && samples.some((sample) => sample.name !== name) ? of : "unknown";
}
