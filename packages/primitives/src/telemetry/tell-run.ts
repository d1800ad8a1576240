import type { CallContext } from "../door/call-context.ts";
import type { Failure } from "../door/status.ts";
import type { BoundUpDown } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { identityOf, type Mutable } from "./identity.ts";
import { tellEach } from "./tell-each.ts";
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
  // Before its root a run has used nothing.
  if (call.isRoot || slot().runListeners.size === 0) return;
  const { pausedMs, spentNanoUsd, tokens } = call.branch.run;
  before.set(call, { pausedMs, spentNanoUsd, tokens });
}

/** Tells whoever listens that a run, or a workflow inside one, has settled. */
export function tellEnd(call: CallContext, seconds: number, failure?: Failure): void {
  const { runListeners } = slot();
  if (runListeners.size === 0) return;
  const { branch, place } = call;
  const start = call.isRoot ? NOTHING : (before.get(call) ?? NOTHING);
  // Filled in place: every run comes through here.
  const ended = identityOf(call) as Mutable<EndedRun>;
  ended.primitiveName = place.name;
  ended.isRoot = call.isRoot;
  ended.status = failure?.status ?? "success";
  ended.endedAtMs = branch.runtime.now();
  ended.durationSeconds = seconds;
  ended.pausedSeconds = Math.min(seconds, (branch.run.pausedMs - start.pausedMs) / 1000);
  ended.costNanoUsd = branch.run.spentNanoUsd - start.spentNanoUsd;
  ended.tokens = branch.run.tokens - start.tokens;
  if (failure !== undefined) ended.errorType = failure.type;
  if (call.isRecording && call.span !== undefined) ended.span = call.span;
  tellEach(runListeners, (listener) => listener.ended?.(ended));
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
  tellEach(runListeners, (listener) => listener.scored?.(score));
}
