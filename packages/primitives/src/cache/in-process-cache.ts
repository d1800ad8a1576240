import { isSpanContextValid } from "@opentelemetry/api";
import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { TimeoutError } from "../errors.ts";
import { publish } from "../telemetry/publish.ts";
import type { CacheMeters } from "./cache-meters.ts";
import {
  clockOf,
  entryOf,
  freshnessOf,
  keyOf,
  type CachePlan,
  type Freshness,
} from "./cache-plan.ts";
import type { CacheEntry } from "./cache-store.ts";
import { Flight, type Landing } from "./flight.ts";
import { answer, hit, type Lookup } from "./lookup.ts";
import { UNAVAILABLE, type Found, type StoreGuard } from "./store-guard.ts";

/** What the store had when a load was found to be necessary. */
interface Before {
  /** Served if the load fails. */
  readonly fallback?: CacheEntry | undefined;
  /** An entry past use takes up room. */
  readonly isDead?: boolean;
  /** The store failed: it is not asked again for this load. */
  readonly isUnavailable?: boolean;
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

  run(input: never, context: CallContext, meters: CacheMeters): unknown {
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
    if (found === undefined) return this.#load(lookup, {});
    if (found === UNAVAILABLE) return this.#load(lookup, { isUnavailable: true });
    const freshness = this.#freshnessOf(lookup, found);
    if (freshness === "fresh")
      return hit(this.#plan, lookup, { kind: "fresh", value: found.value });
    if (freshness === "stale") {
      this.#refresh(lookup, found);
      return hit(this.#plan, lookup, { kind: "stale", value: found.value });
    }
    return this.#load(lookup, freshness === "dead" ? { isDead: true } : { fallback: found });
  }

  #load(lookup: Lookup, before: Before): Promise<unknown> {
    const flight = this.#flightFor(lookup);
    if (flight !== undefined) return this.#join(lookup, flight);
    if (before.isDead === true) this.#store.drop(lookup);
    const started = this.#open(lookup, before, false);
    const landing = started.wait(lookup.context);
    started.start(this.#plan.edge, lookup.input);
    return this.#answerWith(lookup, started, landing);
  }

  /** Loads anew behind the back of a caller that was served a stale value; once, however many are. */
  #refresh(lookup: Lookup, fallback: CacheEntry): void {
    if (this.#flightFor(lookup) !== undefined) return;
    const { refreshTimeoutMs, edge } = this.#plan;
    const { context } = lookup;
    const flight = this.#open(lookup, { fallback }, true);
    flight.hold(
      refreshTimeoutMs,
      (landing) => {
        if (landing.status === "failed")
          publishFailure(context, "cache.refresh_failed", landing.error);
      },
      () =>
        new TimeoutError(
          `refreshing "${context.place.name}" took longer than ${refreshTimeoutMs} ms`,
          refreshTimeoutMs,
        ),
    );
    flight.start(edge, lookup.input);
  }

  #open(lookup: Lookup, before: Before, isRefresh: boolean): Flight {
    const { key, context } = lookup;
    const flight: Flight = new Flight({
      starter: context,
      fallback: before.fallback,
      isRefresh,
      store: (value) => {
        const entry = entryOf(this.#plan, value, context.runtime);
        if (before.isUnavailable === true) return { entry, stored: undefined };
        // Nobody's abort reaches the storing: it is for all.
        return {
          entry,
          stored: this.#store.put({ ...lookup, context: flight.load.aside() }, entry),
        };
      },
      onClosed: (closed) => {
        if (this.#flights.get(key) === closed) this.#flights.delete(key);
      },
    });
    this.#flights.set(key, flight);
    return flight;
  }

  #join(lookup: Lookup, flight: Flight): Promise<unknown> {
    const { context } = lookup;
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
    if (landing.status === "failed")
      return this.#rescue(lookup, flight, { kind, error: landing.error });
    if (!isStarter) return hit(this.#plan, lookup, { kind, value: landing.value });
    answer(lookup, kind);
    const writes = flight.load.writes();
    if (writes.length > 0) lookup.context.state.merge(writes);
    return landing.value;
  }

  /** The load failed: an older value will do while `staleIfErrorMs` lasts. */
  #rescue(
    lookup: Lookup,
    flight: Flight,
    failed: { readonly kind: "miss" | "shared"; readonly error: unknown },
  ): unknown {
    const { context } = lookup;
    const { kind, error } = failed;
    const { fallback } = flight;
    if (fallback !== undefined && this.#freshnessOf(lookup, fallback) !== "dead") {
      publishFailure(context, "cache.stale_served", error);
      return hit(this.#plan, lookup, {
        kind: kind === "miss" ? "stale" : kind,
        value: fallback.value,
      });
    }
    answer(lookup, kind);
    // Recorded on the span of the load: here it only passes through.
    context.childError = error;
    throw error;
  }

  /** Without the cache: for what cannot be shared. */
  #callThrough(lookup: Lookup): Promise<unknown> {
    answer(lookup, "miss");
    return lookup.context.invoke(this.#plan.edge, lookup.input);
  }

  #flightFor(lookup: Lookup): Flight | undefined {
    const flight = this.#flights.get(lookup.key);
    if (flight?.entry === undefined) return flight;
    // Landed, and its value is still being stored: good while it is fresh.
    return this.#freshnessOf(lookup, flight.entry) === "fresh" ? flight : undefined;
  }

  #freshnessOf({ context }: Lookup, entry: CacheEntry): Freshness {
    return freshnessOf(entry, clockOf(this.#plan, context.runtime), this.#plan.times);
  }
}

function publishFailure(context: CallContext, event: string, error: unknown): void {
  const { type, message } = failureOf(error, false);
  publish(context, {
    event,
    level: "warn",
    fields: { error_type: type, error_message: message },
    error,
  });
}
