import type { MetricKind } from "../catalog/definition.ts";
import type { MetricDescriptor } from "../catalog/descriptor.ts";
import { metricDescriptor } from "../catalog/descriptor.ts";
import type {
  CounterName,
  GaugeName,
  HistogramName,
  LabelsOf,
  MetricName,
  MoneyCounterName,
  UpDownName,
} from "../catalog/metrics.ts";
import type { BoundCounter } from "./counter.ts";
import type { BoundGauge } from "./gauge.ts";
import type { BoundHistogram } from "./histogram.ts";
import type { BoundMoneyCounter } from "./money-counter.ts";
import { createMetricStore } from "./metric-store.ts";
import type { Snapshot } from "./snapshot.ts";
import type { BoundUpDown } from "./up-down-counter.ts";

export type { BoundCounter } from "./counter.ts";
export type { BoundGauge } from "./gauge.ts";
export type { BoundHistogram } from "./histogram.ts";
export type { BoundMoneyCounter } from "./money-counter.ts";
export type { BoundUpDown } from "./up-down-counter.ts";

/** A metric of the catalogue, ready to be bound to labels. */
export interface Metric<N extends MetricName, B> {
  readonly name: N;
  /**
   * Returns the series for the labels; it exists, with the value 0, from here on. Equal labels give the same object.
   *
   * Past the limits of the registry, label values give way to `__other__`; a gauge's series is then one that records
   * nothing.
   *
   * @throws {TypeError} for a label that the metric does not have.
   */
  readonly bind: (labels: LabelsOf<N>) => B;
}

/** What `bind` returns for a counter: one of money is exact in nano-dollars. */
export type BoundCounterOf<N extends CounterName> = N extends MoneyCounterName
  ? BoundMoneyCounter
  : BoundCounter;

/** A value that a gauge has when somebody looks. */
export interface Observation<N extends GaugeName> {
  readonly labels: LabelsOf<N>;
  readonly value: number;
}

/** Every metric of the catalogue, recorded once and read by many. */
export interface Registry {
  counter<N extends CounterName>(name: N): Metric<N, BoundCounterOf<N>>;
  upDown<N extends UpDownName>(name: N): Metric<N, BoundUpDown>;
  gauge<N extends GaugeName>(name: N): Metric<N, BoundGauge>;
  histogram<N extends HistogramName>(name: N): Metric<N, BoundHistogram>;
  /**
   * Has a gauge read whenever a snapshot is taken.
   *
   * @param read Returns the values of this moment. If it throws, only its own values are missing.
   * @returns a function that ends the observation.
   */
  observe<N extends GaugeName>(name: N, read: () => Iterable<Observation<N>>): () => void;
  /** Copies what was recorded so far. */
  snapshot(): Snapshot;
}

export interface RegistryOptions {
  /**
   * Most series of one metric, for the life of the process. A metric whose closed labels alone have more combinations
   * may have that many.
   *
   * @default 1000
   */
  readonly seriesLimit?: number;
  /**
   * Most values of one open label of one metric; a value of more than 1,024 characters is never kept.
   *
   * @default 200
   */
  readonly valueBudget?: number;
  /**
   * Wall clock, epoch milliseconds.
   *
   * @default Date.now
   */
  readonly now?: () => number;
}

/**
 * Creates a registry of its own. Primitives record into the one of the process.
 *
 * @throws {RangeError} if a limit is not a positive integer.
 * @example
 * ```ts
 * import { createRegistry } from "@tta-dev/primitives";
 *
 * const registry = createRegistry();
 * const outcomes = registry.counter("retry.outcomes");
 * const succeeded = outcomes.bind({ primitive_name: "search", outcome: "succeeded_first" });
 * succeeded.add();
 * ```
 */
export function createRegistry(options: RegistryOptions = {}): Registry {
  const { seriesLimit = 1000, valueBudget = 200, now = Date.now } = options;
  requirePositiveInteger("seriesLimit", seriesLimit);
  requirePositiveInteger("valueBudget", valueBudget);
  const store = createMetricStore({ seriesLimit, valueBudget });
  const startMs = now();

  function counter<N extends CounterName>(name: N): Metric<N, BoundCounterOf<N>>;
  function counter<N extends CounterName>(name: N): Metric<N, BoundCounter | BoundMoneyCounter> {
    const metric = descriptorOf(name, "counter");
    return {
      name,
      bind: metric.unit === "{USD}" ? store.money(metric).bind : store.counter(metric).bind,
    };
  }

  return {
    counter,
    upDown: (name) => ({ name, bind: store.upDown(descriptorOf(name, "upDown")).bind }),
    gauge: (name) => ({ name, bind: store.gauge(descriptorOf(name, "gauge")).bind }),
    histogram: (name) => ({ name, bind: store.histogram(descriptorOf(name, "histogram")).bind }),
    observe: (name, read) => store.observe(descriptorOf(name, "gauge"), read),
    snapshot: () => ({ startMs, metrics: store.read(now()), atMs: now() }),
  };
}

function descriptorOf(name: string, kind: MetricKind): MetricDescriptor {
  const metric = metricDescriptor(name);
  if (metric.kind === kind) return metric;
  throw new TypeError(`name is "${name}", a ${metric.kind}, expected a ${kind}`);
}

function requirePositiveInteger(option: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${option} is ${value}, expected a positive integer`);
  }
}
