import type { Registry } from "@tta-dev/primitives";
import { burnRate, compliance, errorBudgetRemaining } from "@tta-dev/primitives/slo";
import type { SloCounts } from "@tta-dev/primitives/slo";
import type { TrackedSlo } from "./tracked-slo.ts";

/** What a gauge is read from: nothing where it is not known, so that no traffic is a missing series and not 100 %. */
type Reading = (counts: SloCounts, objective: number) => number | undefined;

/**
 * Has the registry read the gauges of all SLOs whenever somebody looks.
 *
 * @returns a function that ends it
 */
export function observeSlos(
  registry: Registry,
  { tracked, now }: { readonly tracked: () => Iterable<TrackedSlo>; readonly now: () => number },
): () => void {
  function* read(
    reading: Reading,
    isOwnOnly: boolean,
  ): Generator<{
    readonly labels: { readonly slo: string; readonly window: string };
    readonly value: number;
  }> {
    const nowMs = now();
    for (const { slo, windows } of tracked()) {
      for (const { name: window, isOwn, ring } of windows) {
        if (isOwnOnly && !isOwn) continue;
        const value = reading(ring.counts(nowMs), slo.objective);
        if (value !== undefined) yield { labels: { slo: slo.name, window }, value };
      }
    }
  }
  const stops = [
    registry.observe("slo.compliance", () => read(compliance, false)),
    registry.observe("slo.burn_rate", () => read(burnRate, false)),
    registry.observe("slo.error_budget.remaining", () => read(errorBudgetRemaining, true)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
