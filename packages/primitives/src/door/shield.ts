import { InProcessRuntime } from "../runtime/in-process.ts";
import { Scope } from "../runtime/scope.ts";
import type { CallContext } from "./call-context.ts";
import { Branch } from "./run.ts";

/** Runs under a scope that nothing from outside stops; whoever waits for the branch waits for this too. */
export async function shielded<O>(
  call: CallContext,
  run: (context: CallContext) => Promise<O>,
): Promise<O> {
  const { runtime, scope, run: ofRun, state } = call.branch;
  const own = new Scope(undefined);
  const inner = runtime instanceof InProcessRuntime ? runtime.within(own) : runtime;
  const view = call.within(new Branch(ofRun, inner, own, state));
  // What undoes is no part of what is tried again: the retries around do not count its tries.
  view.retryNest = undefined;
  scope.shield(1);
  try {
    return await runtime.shielded(() => run(view));
  } finally {
    scope.shield(-1);
  }
}
