import { expect, test } from "vitest";
import { sendBlocking } from "./blocking.ts";
import type { Shipment } from "./shipment.ts";
import { startSink } from "./sink.fixture.ts";

const shipmentTo = (url: string): Shipment => ({
  destination: { protocol: "http/protobuf", url, headers: {} },
  parcel: { signal: "traces", encoding: "protobuf", body: Buffer.from([]) },
});

test("each shipment has its outcome, also where there are more than go at once", async () => {
  const { url, close } = await startSink();
  await close();
  const shipments = Array.from({ length: 20 }, (_, index) =>
    shipmentTo(index % 2 === 0 ? url : "no address"),
  );
  expect(sendBlocking(shipments, 5000)).toEqual(
    shipments.map((_, index) => (index % 2 === 0 ? "unavailable" : "refused")),
  );
});

test("what is not answered in time is unavailable", async () => {
  // The sink lives in this thread, which waits: it answers nobody.
  const { url } = await startSink();
  expect(sendBlocking([shipmentTo(url)], 300)).toEqual(["unavailable"]);
});
