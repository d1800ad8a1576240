import { SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { whenLost } from "../runtime/when-lost.ts";
import { tellEnd } from "../telemetry/tell-run.ts";
import { publish } from "../telemetry/publish.ts";
import type { CallContext } from "./call-context.ts";
import type { Example, Handles } from "./handles.ts";
import { endSpan } from "./span.ts";
import { failureOf, type Failure } from "./status.ts";

export function settleSuccess(call: CallContext): void {
  const { handles } = call;
  const seconds = release(call);
  if (call.branch.runtime.replaying) return;
  if (handles !== undefined) {
    handles.duration.record(seconds);
    handles.succeeded.value++;
  }
  if (isToldOf(call)) tellEnd(call, seconds);
  if (!call.isRecording) return;
  const example = handles === undefined ? undefined : exampleOf(call, seconds);
  if (example !== undefined) {
    handles!.succeeded.exemplify(example.span, example.takenAt);
    handles!.duration.exemplify(seconds, example.span, example.takenAt);
  }
  if (call.isRoot) rollUp(call);
  call.span!.setAttribute("execution.status", "success");
  endSpan(call);
}

export function settleFailure(call: CallContext, error: unknown): void {
  const { scope, runtime } = call.branch;
  const seconds = release(call, { error });
  passUp(call, error);
  if (runtime.replaying) return;
  const failure = failureOf(error, scope.stopped && error === scope.reason);
  call.handles?.failed(failure, seconds, exampleOf(call, seconds));
  if (call.isRoot) publishFailure(call, error, failure);
  if (isToldOf(call)) tellEnd(call, seconds, failure);
  if (!call.isRecording) return;
  if (call.isRoot) rollUp(call);
  const span = call.span!;
  span.setAttributes({
    "execution.status": failure.status,
    "error.type": failure.type,
    ...(failure.message !== "" && { "error.message": failure.message }),
  });
  // Recorded once, where it started: from then on it only passes through.
  if (call.childError !== error) span.recordException(exceptionOf(error, failure));
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  endSpan(call);
}

function exampleOf(call: CallContext, seconds: number): Example | undefined {
  if (!call.isRecording) return undefined;
  const span = call.span!.spanContext();
  if ((span.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { span, takenAt: endedAt(call, seconds) };
}

/** The end of a call on the machine's monotonic clock, which was read already unless time is another one here. */
function endedAt(call: CallContext, seconds: number): number {
  const { inline, wallClock } = call.branch.runtime;
  return inline && wallClock ? call.startedAt + seconds * 1000 : performance.now();
}

/** Tells the callers above that this error came from below them. */
function passUp(call: CallContext, error: unknown): void {
  let above = call.parent!;
  above.childError = error;
  while (above.isView) {
    above = above.parent!;
    above.childError = error;
  }
}

/** Gives back what a running call holds; returns its duration in seconds. */
function release(call: CallContext, failure?: { readonly error: unknown }): number {
  const { handles, parent, calling } = call;
  const seconds = (call.branch.runtime.elapsed() - call.startedAt) / 1000;
  parent!.calling = undefined;
  if (parent!.onSettled !== undefined) parent!.onSettled(failure);
  if (call.isRoot) call.branch.run.close();
  if (handles !== undefined && isHolding(call)) leave(handles);
  // A composite that returns while a child of its runs has lost hold of it.
  if (calling !== undefined && typeof calling !== "string" && !call.edge!.node.leaf)
    countOrphan(calling);
  return seconds;
}

function leave(handles: Handles): void {
  handles.active.value--;
  handles.workflows?.add(-1);
}

/** Calls on runtimes that may drop their frames, and how each stops listening for that. */
const held = new WeakMap<CallContext, () => void>();

/** A call counts as running while this process works on it, and no longer, whether it then settles here or not. */
export function releaseWhenLost(call: CallContext): void {
  let stopListening = (): void => undefined;
  held.set(call, () => stopListening());
  stopListening = whenLost(call.branch.runtime, () => {
    if (held.delete(call)) leave(call.handles!);
  });
}

function isHolding(call: CallContext): boolean {
  if (call.branch.runtime.inline) return true;
  held.get(call)?.();
  return held.delete(call);
}

/** Counts work that goes on although its run has settled. */
export function countOrphan(call: CallContext): void {
  const { registry } = call.fields.labels;
  registry.counter("execution.orphaned").bind({ primitive_name: call.place.name }).add(1);
  call.note("execution.orphaned", true);
}

/** Runs, and workflows inside them. */
function isToldOf(call: CallContext): boolean {
  return call.isRoot || call.handles?.workflows !== undefined;
}

function rollUp(call: CallContext): void {
  const { waitingMs, attempts, tokens } = call.branch.run;
  if (waitingMs > 0) call.span!.setAttribute("workflow.waiting_ms", waitingMs);
  if (attempts > 0) call.span!.setAttribute("workflow.attempts", attempts);
  if (tokens > 0) call.span!.setAttribute("workflow.tokens.total", tokens);
}

function publishFailure(call: CallContext, error: unknown, failure: Failure): void {
  const isCancelled = failure.status === "cancelled";
  publish(call, {
    event: isCancelled ? "run.cancelled" : "run.failed",
    level: isCancelled ? "info" : "error",
    fields: { status: failure.status, error_type: failure.type, error_message: failure.message },
    error,
  });
}

function exceptionOf(error: unknown, failure: Failure): Error | string {
  return error instanceof Error ? error : failure.message;
}
