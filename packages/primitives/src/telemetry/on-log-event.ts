import { checkFunction } from "../options.ts";
import { slot } from "../slot.ts";
import type { LogEvent } from "./log-event.ts";

/**
 * Tells a listener what happens that is worth a log line: a run failed, an attempt is repeated, a fallback served, a
 * circuit opened, a step was compensated, with trace and correlation id.
 *
 * A listener that throws disturbs nobody. Events of replayed work are not told again.
 *
 * @returns a function that ends it
 * @throws TypeError when the listener is no function
 * @example
 * ```ts
 * import { onLogEvent } from "@tta-dev/primitives";
 *
 * const stop = onLogEvent(({ level, event, traceId, fields }) => process.stderr.write(JSON.stringify({ level, event, traceId, ...fields })));
 * stop();
 * ```
 */
export function onLogEvent(listener: (event: LogEvent) => void): () => void {
  checkFunction(listener, "onLogEvent(listener)");
  const { logListeners } = slot();
  logListeners.add(listener);
  return () => void logListeners.delete(listener);
}
