/**
 * Calls back once the signal is aborted: at once if it is already, never where there is none.
 *
 * @param until Takes the listener off when it is aborted
 * @returns how to take the listener off
 */
export function onAbort(
  signal: AbortSignal | undefined,
  listener: () => void,
  until?: AbortSignal,
): () => void {
  if (signal?.aborted === true) listener();
  if (signal === undefined || signal.aborted) return () => undefined;
  signal.addEventListener("abort", listener, {
    once: true,
    ...(until !== undefined && { signal: until }),
  });
  return () => signal.removeEventListener("abort", listener);
}
