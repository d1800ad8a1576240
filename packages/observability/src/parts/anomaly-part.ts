import { onRun } from "@tta-dev/primitives";
import type { LogEvent } from "@tta-dev/primitives";
import type { ActiveAnomaly } from "../anomaly/watch.ts";
import { createAnomalyWatch } from "../anomaly/watch.ts";
import type { SharedSlot } from "../shared-slot.ts";
import type { Part } from "./part.ts";
import type { Setup } from "./setup.ts";

/** What looks for anomalies. */
export interface AnomalyPart extends Part {
  readonly active: () => readonly ActiveAnomaly[];
}

/** Starts to look for anomalies, unless that is turned off. */
export function startAnomalyPart({
  checked,
  shared,
}: Pick<Setup, "checked" | "shared">): AnomalyPart {
  const settings = checked.anomalies;
  if (settings === undefined) return { active: () => [] };
  const watch = createAnomalyWatch(settings, {
    registry: shared.registry,
    now: Date.now,
    log: (event) => {
      tellListeners(shared, event);
    },
  });
  const stopListening = onRun({ ended: watch.ended });
  const timer = setInterval(watch.tick, settings.bucketMs);
  timer.unref();
  return {
    active: watch.active,
    release() {
      clearInterval(timer);
      stopListening();
      watch.release();
    },
  };
}

function tellListeners({ logListeners }: SharedSlot, event: LogEvent): void {
  for (const listener of logListeners) {
    try {
      listener(event);
    } catch {
      // Whoever listens must not be able to break what is told.
    }
  }
}
