import type { Attributes } from "@opentelemetry/api";
import type { CacheKind } from "../catalog/values.ts";
import { activate } from "../door/ambient.ts";
import type { CallContext } from "../door/call-context.ts";
import type { CacheMeters } from "./cache-meters.ts";
import type { CachePlan } from "./cache-plan.ts";

/** One call of a cache. */
export interface Lookup {
  readonly key: string;
  readonly input: never;
  readonly context: CallContext;
  readonly meters: CacheMeters;
}

const OUTCOMES: Readonly<Record<CacheKind, Attributes>> = {
  fresh: Object.freeze({ "cache.hit": true, "cache.kind": "fresh" }),
  stale: Object.freeze({ "cache.hit": true, "cache.kind": "stale" }),
  shared: Object.freeze({ "cache.hit": true, "cache.kind": "shared" }),
  miss: Object.freeze({ "cache.hit": false, "cache.kind": "miss" }),
};

/** Says how a lookup ended, once: in the counters and on the span. */
export function answer({ context, meters }: Lookup, kind: CacheKind): void {
  if (context.runtime.replaying) return;
  meters.answered(kind);
  if (context.isRecording) context.span!.setAttributes(OUTCOMES[kind]);
}

/** Answers with a value that nothing was called for. */
export function hit(
  plan: CachePlan,
  lookup: Lookup,
  served: { readonly kind: CacheKind; readonly value: unknown },
): unknown {
  const { kind, value } = served;
  answer(lookup, kind);
  const { costUsd } = plan;
  if (costUsd === undefined || lookup.context.runtime.replaying) return value;
  lookup.meters.saved(() => {
    if (typeof costUsd === "number") return costUsd;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the step returned; its type lives on the primitive
    return activate(lookup.context, costUsd, value as never);
  });
  return value;
}
