import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { HistogramFamily, NumberFamily } from "../family.ts";
import type { FamilyNames } from "../family-names.ts";
import { sumHistograms } from "../merge-points.ts";
import type { PageProblems } from "../page-problems.ts";
import { orLeaveOut } from "../page-problems.ts";
import { instrumentFamily } from "./instrument-family.ts";

type InstrumentFamily = NumberFamily | HistogramFamily;

/**
 * Makes the families of an application's instruments. Instruments of one name in several scopes are one family. One
 * whose name is ours gets `app_` before it, which is reported; one that fits to no other of its name is left out.
 */
export function instrumentFamilies(
  { scopeMetrics }: ResourceMetrics,
  names: FamilyNames,
  problems: PageProblems,
): readonly InstrumentFamily[] {
  const families = new Map<string, InstrumentFamily>();
  for (const { scope, metrics } of scopeMetrics) {
    for (const metric of metrics) {
      orLeaveOut(
        metric.descriptor.name,
        () => {
          const family = onlyCounts(instrumentFamily(metric, scope), problems);
          const known = families.get(family.name);
          families.set(family.name, known === undefined ? family : joined(known, family));
        },
        problems,
      );
    }
  }
  return [...families.values()].flatMap(
    (family) => orLeaveOut(family.name, () => named(family, names, problems), problems) ?? [],
  );
}

/** A counter to which somebody added NaN is no count any more: the formats forbid it, and its other series are well. */
function onlyCounts(family: InstrumentFamily, problems: PageProblems): InstrumentFamily {
  if (family.type !== "counter") return family;
  const points = family.points.filter(({ value }) => value >= 0);
  if (points.length === family.points.length) return family;
  orLeaveOut(
    family.name,
    () => {
      throw new RangeError("NaN was added to one of its series, which is left out");
    },
    problems,
  );
  return { ...family, points };
}

function joined(one: InstrumentFamily, other: InstrumentFamily): InstrumentFamily {
  if (one.type === "histogram") {
    if (other.type !== "histogram" || other.bounds.join() !== one.bounds.join())
      throw new TypeError("another instrument of that name is no histogram with the same bounds");
    return { ...one, points: sumHistograms([...one.points, ...other.points]) };
  }
  if (other.type !== one.type)
    throw new TypeError(
      `another instrument of that name is a ${one.type}, and this a ${other.type}`,
    );
  return { ...one, points: [...one.points, ...other.points] };
}

function named(
  family: InstrumentFamily,
  names: FamilyNames,
  { report }: PageProblems,
): InstrumentFamily {
  const owner = names.take(family, family.type);
  if (owner === undefined) return family;
  const renamed = { ...family, name: `app_${family.name}` };
  if (owner === "another metric" || names.take(renamed, family.type) !== undefined)
    throw new TypeError("another metric has a name on the page that it would need");
  report({
    code: "metric_name_taken",
    message: `your instrument ${family.name} has the name of a metric of the primitives: on the metrics page it is ${renamed.name}`,
    subject: family.name,
  });
  return renamed;
}
