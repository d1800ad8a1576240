import type { LabelDomain, MetricDefinition, MetricKind, MetricUnit } from "./definition.ts";
import type { LabelName } from "./labels.ts";
import { labelAttributes } from "./labels.ts";
import type { MetricName } from "./metrics.ts";
import { metrics } from "./metrics.ts";
import { prometheusName } from "./prometheus-name.ts";

/** One label of a metric, in both spellings. */
export interface LabelDescriptor {
  /** Prometheus spelling, for example `primitive_name`. */
  readonly name: LabelName;
  /** Attribute spelling, for example `primitive.name`. */
  readonly attribute: string;
  /** Values that never fold into `__other__`; empty where every value has to fit a budget. */
  readonly known: readonly string[];
  /** Whether values beyond `known` are kept, within a budget. */
  readonly open: boolean;
}

/** One metric with everything that is derived from its definition. */
export interface MetricDescriptor {
  readonly name: MetricName;
  readonly prometheusName: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly help: string;
  readonly labels: readonly LabelDescriptor[];
  /** Upper bounds of a histogram's buckets, inclusive; empty for other kinds. */
  readonly bounds: readonly number[];
}

const metricNames = keysOf(metrics);
const labelNames = keysOf(labelAttributes);

/** Every metric by name, in the order of the catalogue. */
export const metricDescriptors: ReadonlyMap<string, MetricDescriptor> = new Map(
  metricNames.map((name) => [name, describe(name, metrics[name])]),
);

/**
 * Returns a metric of the catalogue.
 *
 * @throws {TypeError} if there is none of that name.
 */
export function metricDescriptor(name: string): MetricDescriptor {
  const metric = metricDescriptors.get(name);
  if (metric !== undefined) return metric;
  throw new TypeError(`name is "${name}", expected a metric of the catalogue`);
}

function describe(name: MetricName, definition: MetricDefinition): MetricDescriptor {
  const { kind, unit, help, labels, bounds = [] } = definition;
  return Object.freeze({
    name,
    prometheusName: prometheusName(name, definition),
    kind,
    unit,
    help,
    labels: Object.freeze(
      keysOf(labels).map((label) => describeLabel(label, labels[label] ?? "open")),
    ),
    bounds,
  });
}

function describeLabel(name: LabelName, domain: LabelDomain): LabelDescriptor {
  return Object.freeze({
    name,
    attribute: labelAttributes[name],
    known: knownValues(domain),
    open: domain === "open" || (typeof domain === "object" && "known" in domain),
  });
}

function knownValues(domain: LabelDomain): readonly string[] {
  if (domain === "open") return [];
  if (domain === "metric_name") return metricNames;
  if (domain === "label_name") return labelNames;
  return "known" in domain ? domain.known : domain;
}

function keysOf<K extends string>(table: Readonly<Partial<Record<K, unknown>>>): K[] {
  // Object.keys forgets the key type; the tables here are literals of this catalogue and hold no other keys.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.keys(table) as K[];
}
