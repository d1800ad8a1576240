import type { Slo } from "@tta-dev/primitives/slo";
import type { BurnEvent } from "./burn-event.ts";
import { pairOf } from "./burn-watch.ts";

/** Makes the series of a counter of burn events; it exists, with 0, from here on. */
export type BindBurnEvents = (labels: {
  readonly slo: string;
  /** The long window of the alert. */
  readonly window: string;
  readonly kind: BurnEvent["state"];
}) => { readonly add: () => void };

/** Binds a counter for each alert of an SLO; the function returned counts an event. */
export function burnCounts(
  { name, alerts }: Slo,
  bind: BindBurnEvents,
): (event: BurnEvent) => void {
  const counters = new Map(
    alerts.flatMap((alert) =>
      (["started", "ended"] as const).map((kind) => [
        `${pairOf(alert)} ${kind}`,
        bind({ slo: name, window: alert.longWindow, kind }),
      ]),
    ),
  );
  return (event) => counters.get(`${pairOf(event)} ${event.state}`)?.add();
}
