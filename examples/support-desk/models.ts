import type { ServedModel } from "./model-server/model-server-options.ts";
import type { Outage } from "./model-server/fate.ts";
import type { TraceRow } from "./traffic/trace-row.ts";

/** The model that answers, as long as it does. Its pace is that of a large hosted model. */
export const largeModel: ServedModel = {
  id: "desk-large",
  baseMs: 350,
  perOutputTokenMs: 18,
  faults: { slow: 0.02, rateLimited: 0.04, serverError: 0.02, unavailable: 0.01, reset: 0.01 },
};

/** The model to fall back to: faster, and hardly ever in trouble. */
export const smallModel: ServedModel = {
  id: "desk-small",
  baseMs: 150,
  perOutputTokenMs: 6,
  faults: { serverError: 0.01 },
};

/** Lets the large model be down for a while past the middle of the traffic, so that a circuit breaker has work. */
export function planOutages(requests: readonly TraceRow[]): readonly Outage[] {
  const spanMs = requests.at(-1)?.atMs ?? 0;
  return [{ model: largeModel.id, fromMs: spanMs * 0.55, untilMs: spanMs * 0.62 }];
}
