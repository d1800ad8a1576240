import { workflow } from "@tta-dev/primitives";
import { defineSlo } from "@tta-dev/primitives/slo";
import { expect, test } from "vitest";
import { initialize, startSink } from "./initialized.fixture.ts";

test("what shutdown pushes has the gauges in it that shutdown takes back", async () => {
  const sink = await startSink();
  const slo = defineSlo({
    name: "last-push",
    objective: 0.5,
    minEvents: 1,
    indicator: { kind: "availability" },
  });
  const observability = initialize({ otlpEndpoint: sink.url, slos: [slo] });
  await workflow("short", () => 1).execute(undefined);
  await observability.shutdown();
  const names = sink.metrics().map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["slo.compliance", "throughput.rps"]));
  // One push says it all.
  expect(sink.requests.filter(({ signal }) => signal === "metrics")).toHaveLength(1);
});
