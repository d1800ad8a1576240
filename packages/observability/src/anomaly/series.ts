import type { EndedRun } from "@tta-dev/primitives";
import type { Anomaly } from "./anomaly.ts";
import type { AnomalySignal, Bucket } from "./bucket.ts";
import { addRun, createBucket, valueOf } from "./bucket.ts";
import type { Detector } from "./detector.ts";
import { createDetector } from "./detector.ts";
import type { AnomalySettings } from "./options.ts";

/** One workflow under watch. */
export interface WatchedSeries {
  readonly add: (run: EndedRun, atMs: number) => void;
  /** Closes the buckets that are over by now, and says what changed. */
  readonly advance: (nowMs: number) => readonly Anomaly[];
  /** The signals that are unusual now, each with the latest score. */
  readonly unusual: () => ReadonlyMap<AnomalySignal, number>;
  /** The latest score of every signal that has one. */
  readonly scores: () => ReadonlyMap<AnomalySignal, number>;
  /** Whether this run lies beyond what is usual in a signal that is unusual now. */
  readonly crossed: (run: EndedRun) => AnomalySignal | undefined;
}

/** After a standstill (a laptop that slept) so many empty buckets count; the others never were. */
const MOST_EMPTY = 10;

/** Starts to watch. */
export function watchSeries(series: string, settings: AnomalySettings): WatchedSeries {
  const { bucketMs, minEvents, signals } = settings;
  const detectors = new Map<AnomalySignal, Detector>(
    signals.map((signal) => [signal, detectorOf(signal, settings)]),
  );
  const scores = new Map<AnomalySignal, number>();
  const unusual = new Map<AnomalySignal, number>();
  let bucket: Bucket | undefined;

  const close = (closed: Bucket): readonly Anomaly[] =>
    [...detectors].flatMap(([signal, detector]) => {
      const read = valueOf(closed, signal, minEvents);
      if (read === undefined) return [];
      const { score, expected, change, isAnomalous } = detector.observe({
        atMs: closed.startMs,
        ...read,
      });
      const isSmall = signal === "throughput" && Math.max(closed.count, expected ?? 0) < minEvents;
      if (score === undefined || expected === undefined || isSmall) return [];
      scores.set(signal, score);
      if (isAnomalous) unusual.set(signal, score);
      else unusual.delete(signal);
      return change === undefined
        ? []
        : [
            {
              signal,
              series,
              change,
              direction: score < 0 ? "below" : "above",
              score,
              value: read.value,
              expected,
              atMs: closed.startMs,
            },
          ];
    });

  return {
    add(run, atMs) {
      bucket ??= createBucket(Math.floor(atMs / bucketMs) * bucketMs);
      addRun(bucket, run, Math.random);
    },
    advance(nowMs) {
      const changes: Anomaly[] = [];
      const openMs = Math.floor(nowMs / bucketMs) * bucketMs;
      while (bucket !== undefined && bucket.startMs < openMs) {
        changes.push(...close(bucket));
        const nextMs = bucket.startMs + bucketMs;
        bucket = createBucket(Math.max(nextMs, openMs - MOST_EMPTY * bucketMs), bucket);
      }
      return changes;
    },
    unusual: () => unusual,
    scores: () => scores,
    crossed(run) {
      for (const signal of unusual.keys())
        if (isBeyond(run, signal, detectors.get(signal)!)) return signal;
      return undefined;
    },
  };
}

/** The detector of a signal: fewer failures than usual are good news, and no anomaly. */
export function detectorOf(signal: AnomalySignal, settings: AnomalySettings): Detector {
  return createDetector({ ...settings, onlyAbove: signal === "error_rate" });
}

/** Only of latency and failure can one run be said to be it; cost, tokens and traffic are of many. */
function isBeyond(run: EndedRun, signal: AnomalySignal, detector: Detector): boolean {
  if (signal === "error_rate") return run.status !== "success" && run.status !== "cancelled";
  const highest = detector.highest() ?? Infinity;
  return signal === "latency" && run.durationSeconds - run.pausedSeconds > highest;
}
