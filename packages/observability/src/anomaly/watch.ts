import type { EndedRun, LogEvent, Registry } from "@tta-dev/primitives";
import { OTHER } from "@tta-dev/primitives/catalog";
import type { Anomaly } from "./anomaly.ts";
import type { AnomalySettings } from "./options.ts";
import type { WatchedSeries } from "./series.ts";
import { watchSeries } from "./series.ts";

/** Looks for what is unusual, workflow by workflow. */
export interface AnomalyWatch {
  /** Takes a run that has settled; annotates its span where it is part of something unusual. */
  readonly ended: (run: EndedRun) => void;
  /** Closes the buckets that are over. To be called about once a bucket. */
  readonly tick: () => void;
  /** What is unusual now. */
  readonly active: () => readonly ActiveAnomaly[];
  /** Takes the gauges back. */
  readonly release: () => void;
}

/** Something that is unusual now. */
export type ActiveAnomaly = Pick<Anomaly, "signal" | "series" | "score">;

/** Where a watch looks and tells. */
export interface WatchPorts {
  readonly registry: Registry;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Takes a line for the log. */
  readonly log: (event: LogEvent) => void;
}

/** Starts to watch. */
export function createAnomalyWatch(
  settings: AnomalySettings,
  { registry, now, log }: WatchPorts,
): AnomalyWatch {
  const watched = new Map<string, WatchedSeries>();
  const events = registry.counter("anomaly.events");
  const release = registry.observe("anomaly.score", () =>
    [...watched].flatMap(([series, one]) =>
      [...one.scores()].map(([signal, value]) => ({ labels: { signal, series }, value })),
    ),
  );

  const seriesOf = (name: string): WatchedSeries => {
    const key = watched.has(name) || watched.size < settings.maxSeries ? name : OTHER;
    let series = watched.get(key);
    if (series === undefined) {
      watched.set(key, (series = watchSeries(key, settings)));
      for (const signal of settings.signals) events.bind({ signal, series: key });
    }
    return series;
  };

  const tell = (anomaly: Anomaly): void => {
    const { signal, series, change } = anomaly;
    if (change === "started") events.bind({ signal, series }).add(1);
    log(lineFor(anomaly, now()));
    try {
      settings.onAnomaly?.(anomaly);
    } catch {
      // Whoever is told must not be able to break what is told.
    }
  };

  return {
    ended(run) {
      if (run.workflowName === undefined) return;
      const series = seriesOf(run.workflowName);
      const changes = series.advance(run.endedAtMs);
      series.add(run, run.endedAtMs);
      for (const change of changes) tell(change);
      const started = changes.find(({ change }) => change === "started");
      const signal = started?.signal ?? series.crossed(run);
      if (signal === undefined || run.span === undefined) return;
      const score = series.unusual().get(signal) ?? 0;
      run.span.setAttributes({ "anomaly.signal": signal, "anomaly.score": score });
      if (started !== undefined)
        run.span.addEvent("anomaly.detected", {
          "anomaly.signal": signal,
          "anomaly.score": score,
          "anomaly.value": started.value,
          "anomaly.expected": started.expected,
        });
    },
    tick() {
      const nowMs = now();
      for (const series of watched.values()) for (const one of series.advance(nowMs)) tell(one);
    },
    active: () =>
      [...watched].flatMap(([series, one]) =>
        [...one.unusual()].map(([signal, score]) => ({ signal, series, score })),
      ),
    release,
  };
}

function lineFor(anomaly: Anomaly, nowMs: number): LogEvent {
  const { signal, series, change, direction, score, value, expected } = anomaly;
  return {
    event: `anomaly.${change}`,
    level: change === "started" ? "warn" : "info",
    timestampMs: nowMs,
    primitiveName: series,
    primitivePath: "",
    workflowName: series,
    fields: { signal, series, direction, score, value, expected },
  };
}
