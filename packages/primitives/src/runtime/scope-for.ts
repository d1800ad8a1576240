import { InProcessRuntime } from "./in-process.ts";
import { onAbort } from "./on-abort.ts";
import type { Runtime } from "./port.ts";
import { Scope } from "./scope.ts";

/** The scope of a branch: its own in the process; elsewhere one that follows the runtime's signal while the branch lasts. */
export function scopeFor(runtime: Runtime): Scope {
  if (runtime instanceof InProcessRuntime) return runtime.scope;
  const scope = new Scope(undefined);
  linkSignal(runtime.signal, scope, runtime.ended);
  return scope;
}

/**
 * Stops the scope when the caller's signal says so; returns how to take the listener off again.
 *
 * @param until Takes it off too
 */
export function linkSignal(
  signal: AbortSignal | undefined,
  scope: Scope,
  until?: AbortSignal,
): () => void {
  return onAbort(signal, () => scope.abort(signal?.reason), until);
}
