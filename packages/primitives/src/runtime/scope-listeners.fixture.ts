import { vi } from "vitest";
import { Scope } from "./scope.ts";

/** Counts the listeners on scopes that were neither called nor taken off again. Restored with all mocks. */
export function scopeListeners(): { readonly left: number } {
  const open = new Set<object>();
  const original = Scope.prototype.onAbort;
  vi.spyOn(Scope.prototype, "onAbort").mockImplementation(function onAbort(
    this: Scope,
    listener: (reason: unknown) => void,
  ) {
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
  });
  return {
    get left() {
      return open.size;
    },
  };
}
