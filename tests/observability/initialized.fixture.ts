import { context, diag, logs, metrics, propagation, trace } from "@opentelemetry/api";
import type { Observability, ObservabilityOptions } from "@tta-dev/observability";
import { initializeObservability } from "@tta-dev/observability";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, vi } from "vitest";
import type {
  OtlpSink,
  SinkProtocol,
} from "../../packages/observability/src/testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../../packages/observability/src/testing/otlp-sink.fixture.ts";

const closing: (() => unknown)[] = [];

/** Nothing that the machine has set may count. */
beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/^(?:OTEL|PROMETHEUS|TTA)_|^(?:ENVIRONMENT|NODE_ENV|LOG_LEVEL)$/.test(name))
      vi.stubEnv(name, undefined);
});

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  vi.unstubAllEnvs();
  forgetSdk();
});

/** Takes back whatever is registered with OpenTelemetry's API. */
export function forgetSdk(): void {
  for (const api of [trace, metrics, logs, context, propagation, diag]) api.disable();
}

/** Initialises with a name, on a free port, and silently; shut down after the test. */
export function initialize(options: ObservabilityOptions = {}): Observability {
  const observability = initializeObservability({
    serviceName: "desk",
    environment: "production",
    logLevel: "silent",
    exitHooks: false,
    ...options,
    prometheus: { port: 0, ...options.prometheus },
  });
  afterwards(() => observability.shutdown());
  return observability;
}

/** Starts a collector that is closed after the test. */
export async function startSink(protocol: SinkProtocol = "http/protobuf"): Promise<OtlpSink> {
  const sink = await startOtlpSink({ protocol });
  afterwards(sink.close);
  return sink;
}

/** Does this after the test; what came last is done first. */
export function afterwards(close: () => unknown): void {
  closing.push(close);
}

/** Reads the metrics page, past what gives `fetch` its spans. */
export async function pageOf(
  observability: Pick<Observability, "ready" | "metricsUrl">,
  accept = "text/plain",
): Promise<string> {
  await observability.ready;
  const request = get(observability.metricsUrl ?? "no metrics page", { headers: { accept } });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the page answers ${response.statusCode}`);
  return text(response);
}

/** The codes of the problems, each with its subject where the message names one. */
export function codesOf({ problems }: Pick<Observability, "problems">): readonly string[] {
  return problems.map(({ code }) => code);
}
