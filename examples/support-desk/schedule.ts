/** How far a schedule has come; all are counts of requests. */
export interface ScheduleState {
  readonly total: number;
  readonly arrived: number;
  /** Arrived and not yet started, because the concurrency limit was reached. */
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly longestQueue: number;
}

/** Options of `runSchedule`. */
export interface ScheduleOptions<R> {
  /** In order of arrival. */
  readonly requests: readonly R[];
  /** Divides arrival times. */
  readonly speed: number;
  /** How many run at a time. */
  readonly concurrency: number;
  /** When it aborts nothing more is started; what runs is waited for. */
  readonly signal: AbortSignal;
  readonly run: (request: R) => Promise<unknown>;
  readonly onChange?: (state: ScheduleState) => void;
}

/** The longest a timer of Node can wait; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Starts each request at its arrival time, whether or not earlier ones are done: an open loop, as
 * customers are. Past the concurrency limit requests queue, first come first served.
 *
 * Resolves when all have settled, or, after an abort, when those that were running have. A request
 * that rejects is counted and stops nothing.
 */
export function runSchedule<R extends { readonly atMs: number }>(
  options: ScheduleOptions<R>,
): Promise<ScheduleState> {
  const { requests, speed, concurrency, signal, run } = options;
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<ScheduleState>();
  let timer: NodeJS.Timeout | undefined;
  let arrived = 0;
  let started = 0;
  let succeeded = 0;
  let failed = 0;
  let longestQueue = 0;

  const running = (): number => started - succeeded - failed;

  function report(): ScheduleState {
    const queued = arrived - started;
    const state = {
      total: requests.length,
      arrived,
      queued,
      running: running(),
      succeeded,
      failed,
      longestQueue,
    };
    options.onChange?.(state);
    return state;
  }

  function advance(): void {
    clearTimeout(timer);
    const nowMs = performance.now() - startedAt;
    if (!signal.aborted) {
      while (arrived < requests.length && dueMs(arrived) <= nowMs) arrived += 1;
      while (started < arrived && running() < concurrency) start();
    }
    longestQueue = Math.max(longestQueue, arrived - started);
    const state = report();
    const waiting = signal.aborted ? 0 : requests.length - started;
    if (waiting === 0 && running() === 0) {
      signal.removeEventListener("abort", advance);
      resolve(state);
    } else if (!signal.aborted && arrived < requests.length) {
      timer = setTimeout(advance, Math.min(Math.ceil(dueMs(arrived) - nowMs), longestTimerMs));
    }
  }

  function dueMs(index: number): number {
    return (requests[index]?.atMs ?? 0) / speed;
  }

  function start(): void {
    const request = requests[started];
    started += 1;
    if (request === undefined) return;
    void settle(request).then(advance);
  }

  async function settle(request: R): Promise<void> {
    try {
      await run(request);
      succeeded += 1;
    } catch {
      failed += 1;
    }
  }

  signal.addEventListener("abort", advance);
  advance();
  return promise;
}
