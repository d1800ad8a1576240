import { Scope } from "./scope.ts";

/** Counts the listeners on scopes that were neither called nor taken off again, until it is told to stop. */
export function scopeListeners(): { readonly left: number; stop(): void } {
  const open = new Set<object>();
  const { onAbort: original } = Scope.prototype as {
    onAbort: (this: Scope, listener: (reason: unknown) => void) => () => void;
  };
  Scope.prototype.onAbort = function onAbort(listener) {
    const entry = {};
    open.add(entry);
    const unlisten = original.call(this, (reason) => {
      open.delete(entry);
      listener(reason);
    });
    return () => {
      open.delete(entry);
      unlisten();
    };
  };
  return {
    get left() {
      return open.size;
    },
    stop(): void {
      Scope.prototype.onAbort = original;
    },
  };
}
