import type { CallContext } from "./call-context.ts";
import { settleFailure, settleSuccess } from "./settle.ts";
import { isAsyncIterable, observeStream } from "./stream.ts";

/**
 * Ends a call that threw. What was stopped fails with what it was stopped with: how a client words its own abort (an
 * `AbortError`, an error class of its own) is no news.
 */
export function fail(call: CallContext, error: unknown): unknown {
  const { scope } = call.branch;
  const final = scope.stopped && (call.edge!.node.leaf || call.isRoot) ? scope.reason : error;
  if (!call.isGivenUp) settleFailure(call, final);
  return final;
}

/** Ends a call that returned. Nothing succeeds in a scope that was stopped: a late value is dropped. */
export function finish(call: CallContext, value: unknown): unknown {
  const { scope } = call.branch;
  if (call.isGivenUp) return value;
  if (scope.stopped && (call.edge!.node.leaf || call.isRoot)) {
    settleFailure(call, scope.reason);
    throw scope.reason;
  }
  if (isAsyncIterable(value)) {
    call.parent!.calling = undefined;
    return observeStream(call, value);
  }
  settleSuccess(call);
  return value;
}
