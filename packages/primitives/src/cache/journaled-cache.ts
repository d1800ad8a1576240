import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { publish } from "../telemetry/publish.ts";
import type { CacheMeters } from "./cache-meters.ts";
import { clockOf, entryOf, freshnessOf, keyOf, maxAgeMs, type CachePlan } from "./cache-plan.ts";
import { answer, hit, type Lookup } from "./lookup.ts";
import { UNAVAILABLE, type StoreGuard } from "./store-guard.ts";

/** What a journal keeps of a lookup: the course of the run depends on nothing else. */
interface Recorded {
  readonly key: string;
  readonly kind: "fresh" | "expired" | "absent" | "unavailable";
  readonly value?: unknown;
  /** How long an expired value may still stand in for a failed call. */
  readonly usableMs?: number;
}

/**
 * A cache where steps are journaled: look, call, store, each recorded by itself.
 *
 * Callers do not share a load, and a stale value is not served while another is loaded behind its back: a journal belongs
 * to one run, and has no place for work that outlives it. A value past its time stands in when the call fails.
 */
export class JournaledCache {
  readonly #plan: CachePlan;
  readonly #store: StoreGuard;

  constructor(plan: CachePlan, store: StoreGuard) {
    this.#plan = plan;
    this.#store = store;
  }

  async run(input: never, context: CallContext, meters: CacheMeters): Promise<unknown> {
    const recorded = await context.decide("get", (inner) => this.#look(input, inner, meters));
    const lookup: Lookup = { key: recorded.key, input, context, meters };
    if (recorded.kind === "fresh")
      return hit(this.#plan, lookup, { kind: "fresh", value: recorded.value });
    const usableUntilMs = context.runtime.now() + (recorded.usableMs ?? 0);
    let value: unknown;
    try {
      value = await context.invoke(this.#plan.edge, input);
    } catch (error) {
      if (context.branch.scope.stopped || context.runtime.now() >= usableUntilMs) {
        answer(lookup, "miss");
        throw error;
      }
      const { type, message } = failureOf(error, false);
      const fields = { error_type: type, error_message: message };
      publish(context, { event: "cache.stale_served", level: "warn", fields, error });
      return hit(this.#plan, lookup, { kind: "stale", value: recorded.value });
    }
    answer(lookup, "miss");
    if (recorded.kind !== "unavailable")
      await context.decide("put", (inner) => this.#put({ ...lookup, context: inner }, value));
    return value;
  }

  /** Runs inside a step: the clock is the machine's, and the store may be waited for. */
  async #look(input: never, inner: CallContext, meters: CacheMeters): Promise<Recorded> {
    const key = keyOf(this.#plan, input, inner);
    const lookup: Lookup = { key, input, context: inner, meters };
    const found = await this.#store.get(lookup);
    if (found === UNAVAILABLE) return { key, kind: "unavailable" };
    if (found === undefined) return { key, kind: "absent" };
    const { times } = this.#plan;
    const nowMs = clockOf(this.#plan, inner.runtime);
    const freshness = freshnessOf(found, nowMs, times);
    if (freshness === "fresh") return { key, kind: "fresh", value: found.value };
    if (freshness === "dead") {
      this.#store.drop(lookup);
      return { key, kind: "absent" };
    }
    return {
      key,
      kind: "expired",
      value: found.value,
      usableMs: found.storedAtMs + maxAgeMs(found, times) - nowMs,
    };
  }

  async #put(lookup: Lookup, value: unknown): Promise<void> {
    await this.#store.put(lookup, entryOf(this.#plan, value, lookup.context.runtime));
  }
}
