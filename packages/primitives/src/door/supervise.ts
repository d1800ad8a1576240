import type { ContextInit } from "../context.ts";
import { RunDeadline } from "../runtime/deadline.ts";
import { InProcessRuntime } from "../runtime/in-process.ts";
import { DEFAULT_GRACE_MS } from "../runtime/port.ts";
import { linkSignal } from "../runtime/scope-for.ts";
import type { Edge } from "../tree/node.ts";
import { CallContext } from "./call-context.ts";
import { countOrphan, settleFailure } from "./settle.ts";

/** True where a caller can stop the run or limits its time. */
export function isSupervised(init: ContextInit): boolean {
  return init.signal !== undefined || init.timeoutMs !== undefined || init.deadlineMs !== undefined;
}

/**
 * Runs under the caller's signal and a deadline.
 *
 * When either stops the run, its work has a moment to end; what goes on after that is counted as orphaned, and the run
 * rejects. Whatever was listened to is let go of when the run is over, a stream it returned included.
 */
export function supervise<O>(
  holder: CallContext,
  edge: Edge,
  { input, init }: { readonly input: unknown; readonly init: ContextInit },
): Promise<O> {
  const { run, scope, runtime } = holder.branch;
  const { promise, resolve, reject } = Promise.withResolvers<O>();
  const isRun = holder.parent === undefined;
  const deadline = deadlineOf(holder, init);
  if (isRun) run.deadline = deadline;
  let stopTimer: (() => void) | undefined;
  const close = (): void => {
    unlink();
    unlisten();
    stopTimer?.();
    deadline?.stop();
    if (runtime instanceof InProcessRuntime) runtime.end();
    if (isRun) run.close();
  };
  const unlink = linkSignal(init.signal, scope);
  const unlisten = scope.onAbort((reason) => {
    if (!(runtime instanceof InProcessRuntime)) return;
    // A deadline is a promise to the caller; an abort leaves the work time to stop.
    const graceMs = init.signal?.aborted === true ? DEFAULT_GRACE_MS : 0;
    const giveUp = (): void => {
      // Compensations are waited for: the caller must not go on beside them.
      if (scope.shields > 0) {
        stopTimer = runtime.startTimer(DEFAULT_GRACE_MS, giveUp);
        return;
      }
      if (holder.calling instanceof CallContext) leaveBehind(holder.calling, reason);
      close();
      reject(reason);
    };
    stopTimer = runtime.startTimer(graceMs, giveUp);
  });
  holder.onSettled = close;
  holder.invoke<O>(edge, input).then(resolve, (error: unknown) => {
    close();
    reject(error);
  });
  return promise;
}

/** The run is over for its caller: its span ends now, and what goes on below is counted where it is. */
function leaveBehind(root: CallContext, reason: unknown): void {
  let orphan = root;
  while (orphan.calling instanceof CallContext) orphan = orphan.calling;
  countOrphan(orphan);
  root.calling = undefined;
  root.isGivenUp = true;
  settleFailure(root, reason);
}

function deadlineOf(holder: CallContext, init: ContextInit): RunDeadline | undefined {
  const { runtime } = holder.branch;
  const untilMs = init.deadlineMs === undefined ? Infinity : init.deadlineMs - runtime.now();
  const leftMs = Math.min(init.timeoutMs ?? Infinity, untilMs);
  return leftMs !== Infinity && runtime instanceof InProcessRuntime
    ? new RunDeadline(runtime, leftMs)
    : undefined;
}
