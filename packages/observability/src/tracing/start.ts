import type { Tracing } from "./tracing.ts";
import { createTracerProvider } from "./tracing.ts";
import { hasTracerProvider, registerPropagation, registerTracerProvider } from "./globals.ts";

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
  const kept = (why: string): undefined => {
    report({
      code: "sdk_kept",
      message: `${why}; spans go there, and the options for traces have no effect (sampling, collector, console, span processors)`,
    });
  };
  if (hasTracerProvider()) return kept("the application has registered an OpenTelemetry SDK");
  try {
    const provider = createTracerProvider(tracing);
    const unregisterProvider = registerTracerProvider(provider);
    if (unregisterProvider === undefined) {
      return kept(
        "OpenTelemetry takes no registration, because another version of @opentelemetry/api is loaded",
      );
    }
    const unregisterPropagation = registerPropagation();
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
