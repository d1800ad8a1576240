import { expect, test } from "vitest";
import { runErrand } from "./errand.ts";
import type { Outcome, Shipment } from "./shipment.ts";

test("what became of each shipment is written down in its place, eight are under way at a time", () => {
  const shipments: Shipment[] = Array.from({ length: 10 }, (_, index) => ({
    destination: { protocol: "grpc", url: `http://collector${index}`, headers: {} },
    parcel: { signal: "traces", encoding: "protobuf", body: new Uint8Array() },
  }));
  const board = new Int32Array(new SharedArrayBuffer(4 * 11));
  const underWay: ((outcome: Outcome) => void)[] = [];
  const sent: Shipment[] = [];
  runErrand({ shipments, board }, (shipment, _options, done) => {
    sent.push(shipment);
    underWay.push(done);
  });
  expect(sent).toEqual(shipments.slice(0, 8));
  underWay[2]?.("delivered");
  underWay[0]?.("refused");
  underWay[1]?.("unavailable");
  expect(sent).toEqual(shipments);
  expect([...board]).toEqual([0, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0]);
});
