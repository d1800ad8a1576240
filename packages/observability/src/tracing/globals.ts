import type { TracerProvider } from "@opentelemetry/api";
import {
  context,
  createContextKey,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";

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

/**
 * Registers what carries trace context: through async code, and in and out of requests as W3C `traceparent`,
 * `tracestate` and `baggage`. What is registered already stays.
 */
export function registerPropagation(): Unregister {
  const undo: Unregister[] = [];
  const manager = new AsyncLocalStorageContextManager();
  if (!hasContextManager() && context.setGlobalContextManager(manager.enable())) {
    const probe = ROOT_CONTEXT.setValue(createContextKey("ours"), true);
    undo.push(() => {
      if (manager.with(probe, () => context.active()) === probe) context.disable();
    });
  }

  const propagators = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  const fields = propagators.fields();
  const propagator = {
    inject: propagators.inject.bind(propagators),
    extract: propagators.extract.bind(propagators),
    fields: () => fields,
  };
  if (propagation.fields().length === 0 && propagation.setGlobalPropagator(propagator)) {
    undo.push(() => {
      if (propagation.fields() === fields) propagation.disable();
    });
  }

  return () => {
    for (const step of undo) step();
  };
}

/** The API hands out a proxy; what matters stands behind it. */
function registeredProvider(): TracerProvider {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}

/** The API does not tell; but without a manager a context that is set is not there. */
function hasContextManager(): boolean {
  const probe = ROOT_CONTEXT.setValue(createContextKey("probe"), true);
  return context.with(probe, () => context.active()) === probe;
}
