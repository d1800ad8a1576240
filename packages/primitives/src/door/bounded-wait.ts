import type { CallContext } from "./call-context.ts";
import { InProcessRuntime } from "../runtime/in-process.ts";

/** What became of something that was waited for. */
export type Bounded<T = unknown> =
  | { readonly status: "done"; readonly value: T }
  | { readonly status: "failed"; readonly error: unknown }
  | { readonly status: "late" };

/**
 * Waits for somebody else's promise, but not for ever. Rejects only with the call's abort reason, where it heeds that.
 *
 * What comes later is ignored, a rejection too.
 */
export function waitAtMost<T>(
  call: CallContext,
  given: PromiseLike<T>,
  limit: { readonly ms: number; readonly heedsAbort: boolean },
): Promise<Bounded<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<Bounded<T>>();
  const { runtime, scope } = call.branch;
  let unlisten = (): unknown => undefined;
  const end = (outcome: Bounded<T>): void => {
    stopTimer();
    unlisten();
    resolve(outcome);
  };
  const stopTimer =
    runtime instanceof InProcessRuntime
      ? runtime.startTimer(limit.ms, () => end({ status: "late" }))
      : () => undefined;
  if (limit.heedsAbort)
    unlisten = scope.onAbort((reason) => {
      stopTimer();
      reject(reason);
    });
  given.then(
    (value) => end({ status: "done", value }),
    (error: unknown) => end({ status: "failed", error }),
  );
  return promise;
}
