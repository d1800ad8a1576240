import type { sendShipment } from "./send.ts";
import type { Shipment } from "./shipment.ts";

/** What the worker is given. */
export interface Errand {
  readonly shipments: readonly Shipment[];
  /** Whether the worker is in order, then the outcome of each shipment: 0 is not known yet. */
  readonly board: Int32Array<SharedArrayBuffer>;
}

/**
 * Runs in the worker: sends eight at a time, and leaves the time to whoever waits. Written as `sendShipment` is,
 * for the same reason.
 */
export function runErrand({ shipments, board }: Errand, send: typeof sendShipment): void {
  const write = function (place: number, value: number): void {
    Atomics.store(board, place, value);
    Atomics.notify(board, place);
  };
  let begun = 0;
  const sendNext = function (): void {
    const shipment = shipments[begun];
    begun += 1;
    const place = begun;
    if (shipment === undefined) return;
    send(shipment, {}, function (outcome) {
      write(place, outcome === "delivered" ? 1 : outcome === "unavailable" ? 2 : 3);
      sendNext();
    });
  };
  for (let lane = 0; lane < 8; lane++) sendNext();
}
