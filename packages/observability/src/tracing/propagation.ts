import { context, createContextKey, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import type { TextMapPropagator } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";
import type { PropagatorName } from "../config/settings/propagation.ts";
import type { Unregister } from "./globals.ts";

/**
 * Registers what carries trace context: through async code, and in and out of requests. What is registered already stays.
 */
export function registerPropagation(names: readonly PropagatorName[]): Unregister {
  const undo: Unregister[] = [];
  const manager = new AsyncLocalStorageContextManager();
  if (!hasContextManager() && context.setGlobalContextManager(manager.enable())) {
    const probe = ROOT_CONTEXT.setValue(createContextKey("ours"), true);
    undo.push(() => {
      if (manager.with(probe, () => context.active()) === probe) context.disable();
    });
  }

  const propagators = new CompositePropagator({ propagators: names.flatMap(propagatorsOf) });
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

function propagatorsOf(name: PropagatorName): readonly TextMapPropagator[] {
  switch (name) {
    case "tracecontext":
      return [new W3CTraceContextPropagator()];
    case "baggage":
      return [new W3CBaggagePropagator()];
    case "b3":
      return [new B3Propagator()];
    case "b3multi":
      return [new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })];
    case "none":
      return [];
  }
}

/** The API does not tell; but without a manager a context that is set is not there. */
function hasContextManager(): boolean {
  const probe = ROOT_CONTEXT.setValue(createContextKey("probe"), true);
  return context.with(probe, () => context.active()) === probe;
}
