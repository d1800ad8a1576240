import type { SloWindowStatus } from "./slo-status.ts";
import { availability, DAY_MS, end, HOUR_MS, memoryStore, trackerFor } from "./slo.fixture.ts";
import type { Point } from "./prometheus.fixture.ts";

export const SCRAPE_MS = 15_000;
const FROM_MS = Date.UTC(2026, 0, 5);
const TO_MS = FROM_MS + 3 * DAY_MS + 6 * HOUR_MS;
const WINDOW_DAYS = 2;
/** Moments at which each window is compared. */
const MOMENTS = 60;

interface JudgedEvent {
  readonly atMs: number;
  readonly isBad: boolean;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the tracker said of a window at one of its bucket edges, and what a recount says. */
export interface Reading {
  readonly atMs: number;
  readonly status: SloWindowStatus;
  readonly recount: { readonly events: number; readonly bad: number };
  /** Events in the window that lie before its first or after its last scrape. */
  readonly atEdges: number;
  /** Events between its scrapes that none of them shows: they came between the last scrape and a restart. */
  readonly lost: number;
  /** Whether the whole window had traffic and a process that was scraped. */
  readonly isSteady: boolean;
}

/** Days of an SLO: what was scraped, and what its tracker said meanwhile. */
export interface LivedSlo {
  readonly total: readonly Point[];
  readonly bad: readonly Point[];
  readonly readings: readonly Reading[];
}

/**
 * Lives through days of random traffic, scraped every 15 s, with failures that come in phases and restarts that lose
 * nothing but what Prometheus had not seen.
 *
 * @param hasGaps With hours of silence, and processes that are down for a while
 */
export async function liveThrough(options: {
  readonly seed: number;
  readonly hasGaps: boolean;
}): Promise<LivedSlo> {
  const random = seeded(options.seed);
  const downs = spans(random, { count: 25, longestMs: options.hasGaps ? 20 * 60_000 : 1 });
  const silences = options.hasGaps ? spans(random, { count: 6, longestMs: 3 * HOUR_MS }) : [];
  const events = traffic(random).filter(
    ({ atMs }) => !within(downs, atMs) && !within(silences, atMs),
  );

  const store = memoryStore();
  const slos = [availability("s", { windowDays: WINDOW_DAYS })];
  const clock = { nowMs: FROM_MS };
  let under = trackerFor(slos, { store, clock });
  await under.tracker.ready;
  const total: Point[] = [];
  const bad: Point[] = [];
  const asked: { readonly atMs: number; readonly status: SloWindowStatus }[] = [];

  const scrape = (): void => {
    // A series that is bound already is the same one: cheaper than a snapshot of all.
    const { registry } = under;
    total.push([clock.nowMs, registry.counter("slo.events").bind({ slo: "s" }).value]);
    bad.push([clock.nowMs, registry.counter("slo.events.bad").bind({ slo: "s" }).value]);
  };
  const ask = (index: number): void => {
    asked.push({ atMs: clock.nowMs, status: under.tracker.status()[0]!.windows[index]! });
  };
  const restart = async (): Promise<void> => {
    await under.tracker.shutdown();
    under[Symbol.dispose]();
    under = trackerFor(slos, { store, clock });
    await under.tracker.ready;
  };
  const agenda: { readonly atMs: number; readonly act: () => void | Promise<void> }[] = [
    ...range({ fromMs: FROM_MS, toMs: TO_MS, stepMs: SCRAPE_MS }).map((atMs) => ({
      atMs,
      act: scrape,
    })),
    ...under.tracker
      .status()[0]!
      .windows.flatMap((window, index) =>
        range(momentsOf(window)).map((atMs) => ({ atMs, act: () => ask(index) })),
      ),
  ]
    .filter(({ atMs }) => !within(downs, atMs))
    .concat(downs.map(({ fromMs }) => ({ atMs: fromMs, act: restart })))
    .toSorted((one, other) => one.atMs - other.atMs);

  let next = 0;
  for (const { atMs, act } of agenda) {
    for (; next < events.length && events[next]!.atMs < atMs; next += 1) {
      clock.nowMs = events[next]!.atMs;
      end({ status: events[next]!.isBad ? "error" : "success" });
    }
    clock.nowMs = atMs;
    // oxlint-disable-next-line no-await-in-loop -- one thing happens after the other
    await act();
  }
  under[Symbol.dispose]();
  const readings = asked.map(({ atMs, status }): Reading => {
    const span = { fromMs: atMs - status.lengthMs, toMs: atMs };
    return {
      atMs,
      status,
      ...recount({ span, events, total }),
      isSteady: [...silences, ...downs].every(
        (one) => one.toMs - one.fromMs <= 1 || one.toMs < span.fromMs || one.fromMs > span.toMs,
      ),
    };
  });
  return { total, bad, readings };
}

/** The moments at which a window is compared: edges of its buckets, where it is exact. */
export function momentsOf({
  lengthMs,
  bucketMs,
}: {
  readonly lengthMs: number;
  readonly bucketMs: number;
}): Span & { readonly stepMs: number } {
  const fromMs = FROM_MS + lengthMs;
  const stepMs = Math.max(1, Math.floor((TO_MS - fromMs) / MOMENTS / bucketMs)) * bucketMs;
  return { fromMs, toMs: TO_MS, stepMs };
}

function recount({
  span: { fromMs, toMs },
  events,
  total,
}: {
  readonly span: Span;
  readonly events: readonly JudgedEvent[];
  readonly total: readonly Point[];
}): Pick<Reading, "recount" | "atEdges" | "lost"> {
  const before = (all: readonly { readonly atMs: number }[], limitMs: number): number => {
    let low = 0;
    for (let high = all.length; low < high;) {
      const middle = (low + high) >> 1;
      if (all[middle]!.atMs < limitMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const inside = events.slice(before(events, fromMs), before(events, toMs));
  const samples = total.filter(([atMs]) => atMs >= fromMs && atMs <= toMs);
  const first = samples[0]?.[0] ?? toMs;
  const last = samples.at(-1)?.[0] ?? toMs;
  const between = before(inside, last) - before(inside, first);
  let seen = 0;
  for (const [index, [, value]] of samples.entries()) {
    const previous = samples[index - 1]?.[1];
    if (previous !== undefined) seen += value < previous ? value : value - previous;
  }
  return {
    recount: { events: inside.length, bad: inside.filter(({ isBad }) => isBad).length },
    atEdges: inside.length - between,
    lost: between - seen,
  };
}

/** An event every 2 to 6 seconds; how many of them fail changes from phase to phase. */
function traffic(random: () => number): readonly JudgedEvent[] {
  const events: JudgedEvent[] = [];
  let failing = 0.02;
  for (let atMs = FROM_MS; atMs < TO_MS; atMs += 2000 + Math.floor(random() * 4000)) {
    if (random() < 0.001) failing = random() < 0.5 ? 0.02 : random() * 0.8;
    events.push({ atMs, isBad: random() < failing });
  }
  return events;
}

function spans(
  random: () => number,
  { count, longestMs }: { readonly count: number; readonly longestMs: number },
): readonly Span[] {
  return Array.from({ length: count }, () => {
    // Never at the moment of a scrape.
    const fromMs = FROM_MS + Math.floor((random() * (TO_MS - FROM_MS)) / 10) * 10 + 3;
    return { fromMs, toMs: fromMs + Math.floor(random() * longestMs) };
  });
}

function within(all: readonly Span[], atMs: number): boolean {
  return all.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
}

function range({ fromMs, toMs, stepMs }: Span & { readonly stepMs: number }): readonly number[] {
  return Array.from(
    { length: Math.floor((toMs - fromMs) / stepMs) + 1 },
    (_, index) => fromMs + index * stepMs,
  );
}

/** Random numbers that are the same every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
