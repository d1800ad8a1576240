import type { WaitKind, WaitOutcome } from "../catalog/values.ts";
import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import type { Registry } from "../metrics/registry.ts";

export interface WaitMeters {
  waited(kind: WaitKind, outcome: WaitOutcome, seconds: number): void;
}

export function waitMeters(name: string, registry: Registry): WaitMeters {
  return {
    waited: (kind, outcome, seconds) =>
      registry
        .histogram("wait.duration")
        .bind({ primitive_name: name, wait_kind: kind, outcome })
        .record(seconds),
  };
}

/** Waits, and says on the span and in `wait.duration` for what, how long and with what outcome. */
export async function measured<O>(
  context: CallContext,
  what: { readonly kind: WaitKind; readonly name?: string; readonly meters: WaitMeters },
  wait: () => Promise<O>,
): Promise<O> {
  const { runtime } = context.branch;
  const startedAt = runtime.elapsed();
  const end = (outcome: WaitOutcome): void => {
    const waitedMs = runtime.elapsed() - startedAt;
    if (!runtime.replaying) what.meters.waited(what.kind, outcome, waitedMs / 1000);
    if (!context.isRecording) return;
    context.span!.setAttributes({
      "wait.kind": what.kind,
      ...(what.name !== undefined && { "wait.name": what.name }),
      "wait.ms": waitedMs,
      "wait.outcome": outcome,
    });
  };
  try {
    const value = await wait();
    end("completed");
    return value;
  } catch (error) {
    const { status } = failureOf(error, context.branch.scope.stopped);
    end(status === "timeout" || status === "cancelled" ? status : "error");
    throw error;
  }
}
