import type { CallContext } from "./call-context.ts";
import { isRoot, settleFailure, settleSuccess } from "./settle.ts";
import { isAsyncIterable, observeStream } from "./stream.ts";

/** Ends a call that returned. Nothing succeeds in a scope that was stopped: a late value is dropped. */
export function finish(call: CallContext, value: unknown): unknown {
  const { scope } = call.branch;
  if (scope.stopped && (call.edge!.node.leaf || isRoot(call))) {
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
