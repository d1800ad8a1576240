/** How often time is looked at, at least, and in a shorter time at least this often. */
const TICK_MS = 250;
const LEAST_TICKS = 8;

/**
 * Waits for `work`, but no longer than `timeoutMs` of the time in which the process ran. Resolves with the milliseconds
 * that are left when the work is done, at least 1, and with 0 where it is not; a rejection counts as done.
 */
export async function withinDeadline(work: Promise<unknown>, timeoutMs: number): Promise<number> {
  const late = Promise.withResolvers<number>();
  const tickMs = Math.min(TICK_MS, timeoutMs / LEAST_TICKS);
  let leftMs = timeoutMs;
  let lastMs = performance.now();
  const update = (): void => {
    const nowMs = performance.now();
    // A process that was stopped (SIGSTOP, a suspended machine) has not used that time.
    leftMs -= Math.min(nowMs - lastMs, 2 * tickMs);
    lastMs = nowMs;
  };
  const leftAtLeast1 = (): number => {
    update();
    return Math.max(leftMs, 1);
  };
  const tick = (): void => {
    update();
    if (leftMs > 0) timer = setTimeout(tick, Math.min(leftMs, tickMs));
    else late.resolve(0);
  };
  let timer = setTimeout(tick, Math.min(leftMs, tickMs));
  try {
    return await Promise.race([work.then(leftAtLeast1, leftAtLeast1), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
