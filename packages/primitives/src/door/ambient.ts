import {
  context as otel,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  trace,
  type Context as OtelContext,
} from "@opentelemetry/api";
import { AsyncLocalStorage } from "node:async_hooks";
import type { CallContext } from "./call-context.ts";

/** Under this key an OpenTelemetry context answers with the call it belongs to. */
export const CALL_KEY: symbol = createContextKey("tta.dev/call");

/** OpenTelemetry's own key for the active span. The API tells it to whatever context it is asked to write to. */
export const SPAN_KEY: symbol = learnSpanKey();

/** Used only where OpenTelemetry has no context manager, so that a call never enters two stores. */
const ownStore = new AsyncLocalStorage<CallContext>();

function learnSpanKey(): symbol {
  let key: symbol | undefined;
  const probe: OtelContext = {
    getValue: () => undefined,
    setValue: (asked) => {
      key = asked;
      return probe;
    },
    deleteValue: () => probe,
  };
  trace.setSpan(probe, trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  return key!;
}

/** The call that the running code belongs to. */
export function currentCall(): CallContext | undefined {
  return (otel.active().getValue(CALL_KEY) as CallContext | undefined) ?? ownStore.getStore();
}

/** Runs somebody else's code with `call` as the ambient context, OpenTelemetry's and ours at once. */
export function activate<I, O>(
  call: CallContext,
  run: (input: I, context: CallContext) => O,
  input: I,
): O {
  if (call.branch.run.isCarriedByUs) return ownStore.run(call, run, input, call);
  return otel.with(call, land<I, O>, undefined, call, run, input);
}

/**
 * Inside `otel.with`: if no context manager carried us, our own store does, and the rest of the run does not ask again.
 * Managers may come and go between runs.
 */
function land<I, O>(call: CallContext, run: (input: I, context: CallContext) => O, input: I): O {
  if (otel.active().getValue(CALL_KEY) === call) return run(input, call);
  call.branch.run.isCarriedByUs = true;
  return ownStore.run(call, run, input, call);
}

/** What OpenTelemetry code derives from a call's context; copies, so that a loop of `setValue` cannot grow a chain. */
export class DerivedContext implements OtelContext {
  readonly #origin: OtelContext;
  readonly #values: ReadonlyMap<symbol, unknown>;

  constructor(origin: OtelContext, values: ReadonlyMap<symbol, unknown>) {
    this.#origin = origin;
    this.#values = values;
  }
  getValue(key: symbol): unknown {
    return this.#values.has(key) ? this.#values.get(key) : this.#origin.getValue(key);
  }
  setValue(key: symbol, value: unknown): OtelContext {
    return new DerivedContext(this.#origin, new Map(this.#values).set(key, value));
  }
  deleteValue(key: symbol): OtelContext {
    return this.setValue(key, undefined);
  }
}
