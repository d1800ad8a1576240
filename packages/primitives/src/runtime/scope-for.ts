import { InProcessRuntime } from "./in-process.ts";
import type { Runtime } from "./port.ts";
import { Scope } from "./scope.ts";

/** The scope of a branch: its own in the process; elsewhere one that follows the runtime's signal. */
export function scopeFor(runtime: Runtime): Scope {
  return runtime instanceof InProcessRuntime
    ? runtime.scope
    : scopeOf(runtime.signal, runtime.ended);
}

/** A scope that stops when `signal` does, and lets go of it once `ended` says so. */
function scopeOf(signal: AbortSignal, ended?: AbortSignal): Scope {
  const scope = new Scope(undefined);
  if (signal.aborted) {
    scope.abort(signal.reason);
    return scope;
  }
  const stop = (): void => scope.abort(signal.reason);
  signal.addEventListener("abort", stop, {
    once: true,
    ...(ended !== undefined && { signal: ended }),
  });
  return scope;
}

/** Stops the scope when the caller's signal says so; returns how to take the listener off again. */
export function linkSignal(signal: AbortSignal | undefined, scope: Scope): () => void {
  if (signal === undefined) return () => undefined;
  const stop = (): void => scope.abort(signal.reason);
  if (signal.aborted) {
    stop();
    return () => undefined;
  }
  signal.addEventListener("abort", stop, { once: true });
  return () => signal.removeEventListener("abort", stop);
}
