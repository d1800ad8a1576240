import { isSpanContextValid } from "@opentelemetry/api";
import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { TimeoutError } from "../errors.ts";
import { publish } from "../telemetry/publish.ts";
import type { CacheMeters } from "./cache-meters.ts";
import { clockOf, entryOf, freshnessOf, keyOf, type CachePlan } from "./cache-plan.ts";
import type { CacheEntry } from "./cache-store.ts";
import { Flight, type Landing } from "./flight.ts";
import { answer, hit, type Lookup } from "./lookup.ts";
import { StoreGuard, UNAVAILABLE, type Found } from "./store-guard.ts";

/** What a load leaves behind. */
interface Aftermath {
  readonly fallback: CacheEntry | undefined;
  /** False where the store failed before: it is not asked again for this call. */
  readonly isStored: boolean;
}

/** A cache where nothing is journaled: callers of one key share one load. */
export class InProcessCache {
  readonly #plan: CachePlan;
  readonly #store: StoreGuard;
  /** Loads that callers may join, by key. */
  readonly #flights = new Map<string, Flight>();

  constructor(plan: CachePlan, store: StoreGuard) {
    this.#plan = plan;
    this.#store = store;
  }

  run(input: unknown, context: CallContext, meters: CacheMeters): unknown {
    const lookup: Lookup = { key: keyOf(this.#plan, input, context), input, context, meters };
    // Where callers wait for a load already, the store has nothing to say.
    const flight = this.#flights.size === 0 ? undefined : this.#flightFor(lookup);
    if (flight?.isRefresh === false) return this.#join(lookup, flight);
    const found = this.#store.get(lookup);
    if (!(found instanceof Promise)) return this.#serve(lookup, found);
    return found.then(
      (later) => this.#serve(lookup, later),
      (reason: unknown) => {
        answer(lookup, "miss");
        throw reason;
      },
    );
  }

  #serve(lookup: Lookup, found: Found): unknown {
    if (found === undefined || found === UNAVAILABLE)
      return this.#load(lookup, { fallback: undefined, isStored: found === undefined });
    const freshness = this.#freshnessOf(lookup, found);
    if (freshness === "fresh") return hit(this.#plan, lookup, { kind: "fresh", value: found.value });
    if (freshness === "stale") {
      this.#refresh(lookup, found);
      return hit(this.#plan, lookup, { kind: "stale", value: found.value });
    }
    if (freshness === "dead") this.#store.drop(lookup);
    return this.#load(lookup, { fallback: freshness === "dead" ? undefined : found, isStored: true });
  }

  #load(lookup: Lookup, aftermath: Aftermath): Promise<unknown> {
    const flight = this.#flightFor(lookup);
    if (flight !== undefined) return this.#join(lookup, flight);
    const started = this.#open(lookup, { ...aftermath, isRefresh: false });
    const landing = started.wait(lookup.context);
    started.start(this.#plan.edge, lookup.input);
    return this.#answerWith(lookup, started, landing);
  }

  /** Loads anew behind the back of a caller that was served a stale value; once, however many are. */
  #refresh(lookup: Lookup, fallback: CacheEntry): void {
    if (this.#flightFor(lookup) !== undefined) return;
    const { refreshTimeoutMs, edge } = this.#plan;
    const { context } = lookup;
    const flight = this.#open(lookup, { fallback, isStored: true, isRefresh: true });
    flight.hold(
      refreshTimeoutMs,
      (landing) => {
        if (landing.status === "failed") publishFailure(context, "cache.refresh_failed", landing.error);
      },
      () => new TimeoutError(`refreshing "${context.place.name}" took longer than ${refreshTimeoutMs} ms`, refreshTimeoutMs),
    );
    flight.start(edge, lookup.input);
  }

  #open(lookup: Lookup, { fallback, isStored, isRefresh }: Aftermath & { readonly isRefresh: boolean }): Flight {
    const { key, context } = lookup;
    const flight = new Flight({
      starter: context,
      fallback,
      isRefresh,
      store: (value) => {
        const entry = entryOf(this.#plan, value, context.runtime);
        return { entry, stored: isStored ? this.#store.put(lookup, entry) : undefined };
      },
      onClosed: (closed) => {
        if (this.#flights.get(key) === closed) this.#flights.delete(key);
      },
    });
    this.#flights.set(key, flight);
    return flight;
  }

  #join(lookup: Lookup, flight: Flight): Promise<unknown> {
    const { context, input } = lookup;
    // A load that asks for its own key would wait for itself.
    if (flight.load.includes(context)) return this.#callThrough(lookup);
    const { spanContext } = flight.load;
    if (context.isRecording && spanContext !== undefined && isSpanContextValid(spanContext))
      context.span!.addLink({ context: spanContext });
    return this.#answerWith(lookup, flight, flight.wait(context));
  }

  async #answerWith(lookup: Lookup, flight: Flight, coming: Promise<Landing>): Promise<unknown> {
    const isStarter = flight.starter === lookup.context;
    const kind = isStarter ? "miss" : "shared";
    let landing: Landing;
    try {
      landing = await coming;
    } catch (reason) {
      answer(lookup, kind);
      throw reason;
    }
    if (landing.status === "unshared") return this.#callThrough(lookup);
    if (landing.status === "failed") return this.#withoutValue(lookup, flight, { kind, error: landing.error });
    if (kind === "shared") return hit(this.#plan, lookup, { kind, value: landing.value });
    answer(lookup, kind);
    lookup.context.state.merge(flight.load.writes());
    return landing.value;
  }
}
