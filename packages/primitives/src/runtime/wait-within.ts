import type { Scope } from "./scope.ts";

/**
 * Waits for what `begin` starts, or until the scope is stopped: then it rejects in the same turn.
 *
 * @param begin Gets what ends the wait, either way; returns how to let go of what it waits for, which is called once,
 *   however the wait ends
 */
export function waitWithin<T>(
  scope: Scope,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  if (scope.stopped) return Promise.reject(scope.reason);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let letGo: (() => void) | undefined;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    letGo?.();
    unlisten();
  };
  const fail = (error: unknown): void => {
    end();
    reject(error);
  };
  const unlisten = scope.onAbort(fail);
  letGo = begin((value) => {
    end();
    resolve(value);
  }, fail);
  // What it waited for was there already.
  if (isOver) letGo();
  return promise;
}
