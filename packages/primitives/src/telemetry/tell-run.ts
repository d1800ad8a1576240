import { isSpanContextValid } from "@opentelemetry/api";
import type { CallContext } from "../door/call-context.ts";
import type { Failure } from "../door/status.ts";
import type { BoundUpDown } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import type { EndedRun, RunScore } from "./run-listener.ts";

/** What a run had used up when a workflow inside it began, so that its own part can be told. */
interface Usage {
  readonly pausedMs: number;
  readonly spentNanoUsd: number;
  readonly tokens: number;
}

const NOTHING: Usage = { pausedMs: 0, spentNanoUsd: 0, tokens: 0 };
const before = new WeakMap<CallContext, Usage>();

/** Counts a workflow that begins, and remembers what its run had used up by then. */
export function beginWorkflow(call: CallContext, active: BoundUpDown): void {
  active.add(1);
  if (slot().runListeners.size === 0) return;
  const { pausedMs, spentNanoUsd, tokens } = call.branch.run;
  before.set(call, { pausedMs, spentNanoUsd, tokens });
}

/** Tells whoever listens that a run, or a workflow inside one, has settled. */
export function tellEnd(
  call: CallContext,
  {
    seconds,
    isRoot,
    failure,
  }: {
    readonly seconds: number;
    readonly isRoot: boolean;
    readonly failure?: Failure;
  },
): void {
  const { runListeners } = slot();
  if (runListeners.size === 0) return;
  const { branch, fields, place } = call;
  const { correlationId, agentType } = fields.values;
  const span = call.span?.spanContext();
  const start = before.get(call) ?? NOTHING;
  const ended: EndedRun = {
    workflowId: fields.workflowId,
    primitiveName: place.name,
    isRoot,
    status: failure?.status ?? "success",
    endedAtMs: branch.runtime.now(),
    durationSeconds: seconds,
    pausedSeconds: Math.min(seconds, (branch.run.pausedMs - start.pausedMs) / 1000),
    costNanoUsd: branch.run.spentNanoUsd - start.spentNanoUsd,
    tokens: branch.run.tokens - start.tokens,
    ...(fields.workflowName !== undefined && { workflowName: fields.workflowName }),
    ...(failure !== undefined && { errorType: failure.type }),
    ...(correlationId !== undefined && { correlationId }),
    ...(agentType !== undefined && { agentType }),
    ...(span !== undefined &&
      isSpanContextValid(span) && { traceId: span.traceId, spanId: span.spanId }),
    ...(call.isRecording && call.span !== undefined && { span: call.span }),
  };
  for (const listener of runListeners) tell(() => listener.ended?.(ended));
}

/** Tells whoever listens of a score. */
export function tellScore(
  call: CallContext,
  { name, value, label }: Pick<RunScore, "name" | "value" | "label">,
): void {
  const { runListeners } = slot();
  if (runListeners.size === 0) return;
  const { workflowId, workflowName } = call.fields;
  const score: RunScore = {
    name,
    value,
    workflowId,
    atMs: call.branch.runtime.now(),
    ...(label !== undefined && { label }),
    ...(workflowName !== undefined && { workflowName }),
  };
  for (const listener of runListeners) tell(() => listener.scored?.(score));
}

function tell(call: () => void): void {
  try {
    call();
  } catch {
    // A listener is somebody's telemetry: it must not break the work it is told about.
  }
}
