import type { Clock } from "../runtime/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly rank: number;
  readonly order: number;
  readonly fire: () => void;
}

/** 2026-01-01T00:00:00Z: deadlines are moments, so a virtual run has to begin at one. */
const DEFAULT_START_MS = 1_767_225_600_000;

/**
 * Time that moves when it is told to.
 *
 * Timers fire in the order in which they are due; at one moment, by rank, and those of one rank in the order in which
 * they were started.
 */
export class VirtualClock implements Clock {
  readonly real = false;
  readonly #startMs: number;
  /** In the order in which they fire. */
  readonly #timers: Timer[] = [];
  #elapsedMs = 0;
  #started = 0;
  /** Told when a timer is started. */
  onTimer: (() => void) | undefined = undefined;

  /** @param startMs Epoch milliseconds at which it begins */
  constructor(startMs: number = DEFAULT_START_MS) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  startTimer(delayMs: number, fire: () => void): () => void {
    return this.startRanked(this.#elapsedMs + Math.max(0, delayMs), 0, fire);
  }

  /**
   * As `startTimer`, at a moment.
   *
   * @param dueMs On the `elapsed()` scale; a moment that has passed is now
   * @param rank The lower goes first among timers of one moment; plain ones have 0
   */
  startRanked(dueMs: number, rank: number, fire: () => void): () => void {
    const timer = { dueMs: Math.max(dueMs, this.#elapsedMs), rank, order: this.#started++, fire };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    this.onTimer?.();
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  /** Timers that have not fired yet. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** When the next timer is due, on the `elapsed()` scale; undefined where none ever is. */
  get nextDueMs(): number | undefined {
    const due = this.#timers[0]?.dueMs;
    return due === Infinity ? undefined : due;
  }

  /** Moves time to the next timer and fires it, if it is due by `untilMs`. */
  fireNext(untilMs = Number.MAX_VALUE): boolean {
    const next = this.#timers[0];
    if (next === undefined || next.dueMs > untilMs) return false;
    this.#timers.shift();
    this.#elapsedMs = next.dueMs;
    next.fire();
    return true;
  }

  /** Moves time on, past timers that nobody wants to fire any more. */
  moveTo(elapsedMs: number): void {
    this.#elapsedMs = Math.max(this.#elapsedMs, elapsedMs);
  }

  #placeOf(timer: Timer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(timer, this.#timers[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  if (one.dueMs !== other.dueMs) return one.dueMs < other.dueMs;
  return one.rank === other.rank ? one.order < other.order : one.rank < other.rank;
}
