// Everything is on, nobody shuts down, and there is nothing to do.
import { initializeObservability } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import { defineSlo } from "@tta-dev/primitives/slo";

const observability = initializeObservability({
  serviceName: "idle",
  prometheus: { port: 0 },
  otlpEndpoint: "http://127.0.0.1:9",
  sampling: { tail: true },
  slos: [defineSlo({ name: "up", objective: 0.9, indicator: { kind: "availability" } })],
});
await observability.ready;
await workflow("greet", () => "Hello").execute(undefined);
