import type { TracerProvider } from "@opentelemetry/api";
import { ProxyTracerProvider, trace } from "@opentelemetry/api";

/** Takes back a registration. Leaves alone what somebody else has put in its place since. */
export type Unregister = () => void;

/** Whether the application, or an agent beside it, has registered an OpenTelemetry SDK. */
export function hasTracerProvider(): boolean {
  return registeredProvider() !== new ProxyTracerProvider().getDelegate();
}

/** Registers the provider. Undefined where the API refuses: an SDK is there, or another copy of the API is. */
export function registerTracerProvider(provider: TracerProvider): Unregister | undefined {
  if (!trace.setGlobalTracerProvider(provider)) return undefined;
  return () => {
    if (registeredProvider() === provider) trace.disable();
  };
}

/** The API hands out a proxy; what matters stands behind it. */
function registeredProvider(): TracerProvider {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}
