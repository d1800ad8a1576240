import type { Report } from "../problem.ts";
import { registeredApiVersion, someCopyHasTracerProvider } from "./api-copies.ts";
import { hasTracerProvider, registerTracerProvider } from "./globals.ts";
import { registerPropagation } from "./propagation.ts";
import type { Tracing } from "./tracing.ts";
import { createTracerProvider } from "./tracing.ts";

/** Tracing that this package has set up. */
export interface RunningTracing {
  /** Takes the registrations back, at once. */
  readonly unregister: () => void;
  readonly forceFlush: () => Promise<void>;
  /** Sends what waits and stops. */
  readonly shutdown: () => Promise<void>;
}

/** Sets tracing up, unless the application has done so: then that stays as it is, which is reported. */
export function startTracing(tracing: Tracing): RunningTracing | undefined {
  const { report } = tracing;
  if (hasTracerProvider()) {
    report({
      code: "sdk_kept",
      message:
        "the application has registered an OpenTelemetry SDK; spans go there, and the options for traces have no effect (sampling, collector, console, span processors)",
    });
    return undefined;
  }
  try {
    const provider = createTracerProvider(tracing);
    const unregisterProvider = registerTracerProvider(provider);
    if (unregisterProvider === undefined) {
      reportOtherApi(report);
      return undefined;
    }
    const unregisterPropagation = registerPropagation(tracing.config.propagators.value);
    return {
      unregister() {
        unregisterPropagation();
        unregisterProvider();
      },
      forceFlush: () => provider.forceFlush(),
      shutdown: () => provider.shutdown(),
    };
  } catch (error) {
    report({
      code: "tracing_failed",
      message: `no span is recorded, because tracing could not start: ${String(error)}`,
    });
    return undefined;
  }
}

/** Says that there are two copies of the API, and which came first. */
function reportOtherApi(report: Report): void {
  const holder = someCopyHasTracerProvider() ? "an SDK is registered" : "something is registered";
  report({
    code: "api_copies",
    message: `${holder} with another copy of @opentelemetry/api, version ${registeredApiVersion() ?? "unknown"}, and OpenTelemetry lets no other version in: workflows record no spans. Install one version of @opentelemetry/api for the whole application (npm ls @opentelemetry/api shows who brings which)`,
  });
}
