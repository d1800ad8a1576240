import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Report } from "../problem.ts";
import { registeredApiVersion, someCopyHasTracerProvider } from "./api-copies.ts";
import type { Unregister } from "./globals.ts";
import { hasTracerProvider, registerTracerProvider } from "./globals.ts";
import { registerPropagation } from "./propagation.ts";
import type { Tracing } from "./tracing.ts";
import { createOwnProcessors, createTracerProvider } from "./tracing.ts";

/** Tracing that is on its way. */
export interface RunningTracing {
  /** Whether this package makes the spans; else an SDK of the application does. */
  readonly isOurs: boolean;
  /** Takes the registrations back, at once. */
  readonly unregister: () => void;
  readonly forceFlush: () => Promise<unknown>;
  /** Sends what waits and stops. */
  readonly shutdown: () => Promise<unknown>;
}

/** The provider's own time to flush, 30 s, would keep the process alive: it gets little more than there is. */
const FLUSH_DELAY_MS = 1000;

/**
 * Sets tracing up. Where the application has an SDK, or says that it will have one, that stays as it is and is offered
 * what delivers spans.
 */
export function startTracing(tracing: Tracing): RunningTracing {
  const { config, report } = tracing;
  try {
    const own = createOwnProcessors(tracing);
    if (config.existingSdk.value) return leave(tracing, own);
    if (hasTracerProvider()) {
      report({
        code: "sdk_kept",
        message:
          "the application has registered an OpenTelemetry SDK; spans go there, and the options for traces have no effect (sampling, collector, console, span processors) unless observability.spanProcessors are in it",
      });
      return leave(tracing, own);
    }
    const provider = createTracerProvider(tracing, own);
    const unregisterProvider = registerTracerProvider(provider);
    if (unregisterProvider === undefined) {
      reportOtherApi(report);
      return nothing;
    }
    const unregisterPropagation = registerPropagation(config.propagators.value);
    const timeoutMillis = config.shutdownTimeoutMs.value + FLUSH_DELAY_MS;
    return {
      isOurs: true,
      unregister: both(unregisterPropagation, unregisterProvider),
      forceFlush: () => provider.forceFlush({ timeoutMillis }),
      shutdown: () => provider.shutdown(),
    };
  } catch (error) {
    report({
      code: "tracing_failed",
      message: `no span is recorded, because tracing could not start: ${String(error)}`,
    });
    return nothing;
  }
}

const nothing: RunningTracing = {
  isOurs: false,
  unregister: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Leaves the making of spans to the application. */
function leave({ offer, report }: Tracing, own: readonly SpanProcessor[]): RunningTracing {
  if (someCopyHasTracerProvider() && !hasTracerProvider()) reportOtherApi(report);
  offer(own);
  return {
    isOurs: false,
    unregister: () => undefined,
    forceFlush: () => Promise.allSettled(own.map((processor) => processor.forceFlush())),
    shutdown: () => Promise.allSettled(own.map((processor) => processor.shutdown())),
  };
}

function both(first: Unregister, second: Unregister): Unregister {
  return () => {
    first();
    second();
  };
}

/** Says that there are two copies of the API, and which came first. */
function reportOtherApi(report: Report): void {
  const holder = someCopyHasTracerProvider() ? "an SDK is registered" : "something is registered";
  report({
    code: "api_copies",
    message: `${holder} with another copy of @opentelemetry/api, version ${registeredApiVersion() ?? "unknown"}, and OpenTelemetry lets no other version in: workflows record no spans. Install one version of @opentelemetry/api for the whole application (npm ls @opentelemetry/api shows who brings which)`,
  });
}
