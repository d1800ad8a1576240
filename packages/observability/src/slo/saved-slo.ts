import type { Slo } from "@tta-dev/primitives/slo";
import { pairOf } from "./burn-watch.ts";
import type { CountedWindow } from "./slo-windows.ts";
import type { SavedSlo } from "./slo-state.ts";
import type { TrackedSlo } from "./tracked-slo.ts";

/** The SLO's own window is saved under one name whatever its length, so that its counts survive another `windowDays`. */
const OWN = "own";

/** Writes down what was counted for an SLO. */
export function saveSlo({ slo, windows, burn, freshness }: TrackedSlo, nowMs: number): SavedSlo {
  const saved = windows.map((window) => ({
    name: savedName(window),
    bucketMs: window.ring.bucketMs,
    buckets: [...window.ring.buckets(nowMs)],
  }));
  const own = saved.at(-1)!;
  const lastNumber = own.buckets.at(-1)?.[0];
  const lastSuccessAtMs = freshness?.lastSuccessAtMs();
  const ownMs = windows.at(-1)!.ring.lengthMs;
  return {
    name: slo.name,
    judgedBy: judgedBy(slo),
    expiresAtMs: lastNumber === undefined ? nowMs : (lastNumber + 1) * own.bucketMs + ownMs,
    ...(lastSuccessAtMs !== undefined && { lastSuccessAtMs }),
    burning: slo.alerts.flatMap((alert) => {
      const sinceMs = burn.burningSince(alert);
      return sinceMs === undefined ? [] : [{ pair: pairOf(alert), sinceMs }];
    }),
    windows: saved,
  };
}

/**
 * Adds what was saved of an SLO to what was counted since: bucket by bucket, so that nothing is counted twice or lost.
 * Counts of another indicator, or of another workflow, are left out.
 */
export function restoreSlo(tracked: TrackedSlo, saved: SavedSlo, nowMs: number): void {
  const { slo, windows, burn, freshness } = tracked;
  if (saved.judgedBy !== judgedBy(slo)) return;
  for (const window of windows) {
    const earlier = saved.windows.find(({ name }) => name === savedName(window));
    if (earlier !== undefined) window.ring.merge(nowMs, earlier);
  }
  for (const { pair, sinceMs } of saved.burning) burn.resume(pair, Math.min(sinceMs, nowMs));
  if (saved.lastSuccessAtMs !== undefined)
    freshness?.succeeded(Math.min(saved.lastSuccessAtMs, nowMs));
}

function savedName({ name, isOwn }: CountedWindow): string {
  return isOwn ? OWN : name;
}

function judgedBy({ indicator, workflow }: Slo): string {
  return JSON.stringify([indicator, workflow]);
}
