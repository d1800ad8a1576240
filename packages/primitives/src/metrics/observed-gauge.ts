import type { Drop } from "./drop.ts";
import { reasonFor } from "./drop.ts";
import type { Labels } from "./label-reader.ts";
import type { NumberSeries } from "./snapshot.ts";

/** A value that a callback gives for a gauge. */
export interface RawObservation {
  readonly labels: Labels;
  readonly value: number;
}

/** The callbacks of one gauge. */
export interface ObservedGauge {
  /** Adds a callback; the function returned takes it away again. */
  observe(read: () => Iterable<RawObservation>): () => void;
  /** Returns the series that were set, and after them those that the callbacks give now. */
  collect(bound: readonly NumberSeries[]): NumberSeries[];
}

export interface ObservedGaugeOptions {
  readonly seriesLimit: number;
  readonly readLabels: (labels: Labels) => string[];
  readonly drop: Drop;
}

/**
 * Creates the callbacks of one gauge.
 *
 * Observed values are not kept: a callback that stops giving a series ends it. A callback that throws loses only its
 * own values. Of two values for one series the later stands, as with `set`, and the other is counted as dropped.
 */
export function createObservedGauge(options: ObservedGaugeOptions): ObservedGauge {
  const { seriesLimit, readLabels, drop } = options;
  const callbacks = new Set<{ readonly read: () => Iterable<RawObservation> }>();

  function valuesFrom(read: () => Iterable<RawObservation>): NumberSeries[] {
    try {
      return Array.from(read(), ({ labels, value }) => ({
        labelValues: readLabels(labels),
        value,
      }));
    } catch {
      drop("callback_error");
      return [];
    }
  }

  return {
    observe(read) {
      const callback = { read };
      callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
    collect(bound) {
      if (callbacks.size === 0) return [...bound];
      const series = new Map(bound.map((row) => [JSON.stringify(row.labelValues), row]));
      for (const row of [...callbacks].flatMap(({ read }) => valuesFrom(read))) {
        const key = JSON.stringify(row.labelValues);
        const isNew = !series.has(key);
        if (!Number.isFinite(row.value)) drop(reasonFor(row.value));
        else if (isNew && series.size >= seriesLimit) drop("series_limit");
        else {
          if (!isNew) drop("duplicate_series");
          series.set(key, row);
        }
      }
      return [...series.values()];
    },
  };
}
