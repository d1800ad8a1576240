// A program in which a library with a copy of its own of OpenTelemetry's API, another version, registers an SDK first.
import type { trace as Trace } from "@opentelemetry/api";
import { initializeObservability } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import { createRequire } from "node:module";

const theirs = createRequire(new URL("../sdk-2/package.json", import.meta.url));
const { trace } = theirs("@opentelemetry/api") as { readonly trace: typeof Trace };
const { BasicTracerProvider } = theirs("@opentelemetry/sdk-trace-base") as {
  readonly BasicTracerProvider: new () => Parameters<typeof trace.setGlobalTracerProvider>[0];
};
trace.setGlobalTracerProvider(new BasicTracerProvider());

const observability = initializeObservability({
  serviceName: "desk",
  prometheus: { port: 0 },
  existingSdk: process.env["EXISTING"] === "yes",
});
await workflow("greet", () => "Hello").execute(undefined);
await observability.ready;
await observability.shutdown();
process.stdout.write(JSON.stringify(observability.problems));
