/** Waits for `work`, but no longer than `timeoutMs`. Resolves with whether the work was done in time; a rejection counts as done. */
export async function withinDeadline(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => {
    late.resolve(false);
  }, timeoutMs);
  try {
    return await Promise.race([
      work.then(
        () => true,
        () => true,
      ),
      late.promise,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
