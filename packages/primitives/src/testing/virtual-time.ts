import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import type { VirtualClock } from "./virtual-clock.ts";

export const DEFAULT_STALL_MS = 5_000;

export interface VirtualTimeOptions {
  /** Real milliseconds to wait, before each jump, for work outside virtual time (files, sockets) to come back. @default 0 */
  readonly ioWaitMs?: number;
  /** Real milliseconds without anything happening after which a run is given up. @default 5000 */
  readonly stallMs?: number;
}

/** A run waits for something that virtual time cannot bring. */
export class StalledError extends Error {
  static {
    this.prototype.name = "StalledError";
  }
}

/** One promise that time is driven for. */
interface Passenger {
  readonly giveUp: (error: Error) => void;
}

/**
 * Moves a virtual clock for as long as somebody waits for a promise.
 *
 * Between two timers everything that can run runs: microtasks, and what the event loop has ready. With no timer left it
 * sleeps until something happens in the real world.
 */
export class VirtualTime {
  readonly #clock: VirtualClock;
  readonly #ioWaitMs: number;
  readonly #stallMs: number;
  readonly #passengers = new Set<Passenger>();
  #isDriving = false;
  #held = 0;
  #wake: (() => void) | undefined = undefined;

  constructor(
    clock: VirtualClock,
    { ioWaitMs = 0, stallMs = DEFAULT_STALL_MS }: VirtualTimeOptions = {},
  ) {
    this.#clock = clock;
    this.#ioWaitMs = ioWaitMs;
    this.#stallMs = stallMs;
  }

  /** Starts the work and moves time until it has settled. */
  run<T>(work: () => PromiseLike<T> | T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const passenger: Passenger = { giveUp: reject };
    const leave = (): void => {
      this.#passengers.delete(passenger);
      this.#wake?.();
    };
    this.#passengers.add(passenger);
    promise.then(leave, leave);
    (async () => work())().then(resolve, reject);
    if (!this.#isDriving) void this.#drive();
    return promise;
  }

  /** Moves time on by hand, through every timer that is due by then. */
  async advance(ms: number): Promise<void> {
    const until = this.#clock.elapsed() + ms;
    do await letEverythingRun();
    while (this.#clock.fireNext(until));
    this.#clock.moveTo(until);
    await letEverythingRun();
  }

  /** Runs real work, such as a request, while time stands still. */
  async standStill<T>(work: () => PromiseLike<T> | T): Promise<T> {
    this.#held++;
    try {
      return await work();
    } finally {
      this.#held--;
      this.#wake?.();
    }
  }

  async #drive(): Promise<void> {
    this.#isDriving = true;
    try {
      while (await this.#step());
    } catch (error) {
      for (const { giveUp } of this.#passengers) giveUp(error as Error);
    } finally {
      this.#isDriving = false;
      // Somebody may have got on while the last one got off.
      if (this.#passengers.size > 0) void this.#drive();
    }
  }

  /** One timer, or one wait for the real world; false when nobody is waiting any more. */
  async #step(): Promise<boolean> {
    const clock = this.#clock;
    await turn();
    const due = clock.nextDueMs;
    if (this.#passengers.size > 0 && this.#held === 0 && due === clock.elapsed())
      return clock.fireNext();
    // Before time moves, code that gave way to the event loop gets another turn.
    await turn();
    if (this.#ioWaitMs > 0) await realDelay(this.#ioWaitMs);
    if (this.#passengers.size === 0) return false;
    if (this.#held > 0 || clock.nextDueMs === undefined) await this.#somethingHappens();
    else clock.fireNext();
    return true;
  }

  async #somethingHappens(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const isHeld = this.#held > 0;
    const timer = isHeld ? undefined : setTimeout(() => reject(this.#stalled()), this.#stallMs);
    this.#wake = resolve;
    if (!isHeld) this.#clock.onTimer = resolve;
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
      this.#clock.onTimer = undefined;
    }
  }

  #stalled(): StalledError {
    return new StalledError(
      `nothing happened for ${this.#stallMs} ms and no virtual timer is due: the run waits for something outside ` +
        "virtual time, such as a real timer, a socket or a promise that nobody settles (waits inside steps: " +
        "context.sleep; slow real work: a longer stallMs)",
    );
  }
}

async function letEverythingRun(): Promise<void> {
  await turn();
  await turn();
}

/** Microtasks to their end, and one round of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function realDelay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
