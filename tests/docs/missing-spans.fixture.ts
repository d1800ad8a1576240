import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { initializeObservability, type ObservabilityOptions } from "@tta-dev/observability";
import { contextFromHeaders, workflow } from "@tta-dev/primitives";
import { vi } from "vitest";
import type { Causes, Stage } from "./stage.fixture.ts";
import type { Sight } from "./symptoms.fixture.ts";
import { doctor, look } from "./symptoms.fixture.ts";

const greet = workflow("greet", (name: string) => `Hello ${name}`);

/** Each cause of "Spans are not exported". */
export function missingSpans({ sink, deserted }: Stage): Causes {
  return {
    "no collector is set": async () => [...(await look({})), ...(await doctor())],
    "nobody answers at the address": async () => withCollector(await deserted()),
    "the collector speaks another protocol": async () =>
      withCollector(await sink("ok", "grpc"), { otlpProtocol: "http/protobuf" }),
    "the collector refuses": async () => withCollector(await sink(401)),
    "the collector is overloaded": async () => withCollector(await sink(503)),
    "more spans come than can be sent": async () =>
      look({ otlpEndpoint: await sink("hang"), otlpSignals: ["traces"], maxQueueSize: 1 }, () =>
        Promise.all(["Ada", "Bob", "Cy"].map((name) => greet.execute(name))),
      ),
    "sampling leaves the trace out": () => look({ traceSampleRate: 0 }),
    "the caller did not record the trace": () =>
      look({}, () =>
        greet.execute(
          "Ada",
          contextFromHeaders({
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
          }),
        ),
      ),
    "the tail sampler saw nothing in it": async () =>
      look({ otlpEndpoint: await sink("ok"), sampling: { tail: { ratio: 0 } } }),
    "everything is turned off": () => {
      vi.stubEnv("OTEL_SDK_DISABLED", "true");
      return look({});
    },
    "traces are turned off": () => {
      vi.stubEnv("OTEL_TRACES_EXPORTER", "none");
      return look({ otlpEndpoint: "http://127.0.0.1:1" });
    },
    "your own SDK has them": () => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      trace.setGlobalTracerProvider(new TracerProvider());
      return look({ consoleExporter: true });
    },
    "another call came first": () =>
      look({}, () => void initializeObservability({ otlpEndpoint: "http://127.0.0.1:1" })),
    "it is the console that is silent": () => look({}),
  };
}

/** What a program and `tta doctor` say of a collector; metrics and logs would only repeat it. */
async function withCollector(
  otlpEndpoint: string,
  options: ObservabilityOptions = {},
): Promise<Sight> {
  const seen = await look({ otlpEndpoint, otlpSignals: ["traces"], ...options });
  return [...seen, ...(await doctor("--otlp", otlpEndpoint))];
}
