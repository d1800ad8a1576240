import type { CallContext } from "../door/call-context.ts";

/** Tells waiting apart from working: on the span of the call, and in what the run waited in all. */
export function noteWait(call: CallContext, waitedMs: number): void {
  if (waitedMs <= 0) return;
  call.branch.run.waitingMs += waitedMs;
  call.note("wait.ms", waitedMs);
}
