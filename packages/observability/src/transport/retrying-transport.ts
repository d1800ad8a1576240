import type { ExportResponse, IExporterTransport } from "@opentelemetry/otlp-exporter-base";
import { setTimeout as delay } from "node:timers/promises";

/** What waiting and chance depend on. */
export interface RetryPorts {
  /** Waits, without keeping the process alive; may reject once the signal aborts. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

const MOST_RETRIES = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;
const GROWTH = 1.5;
const JITTER = 0.2;

/**
 * Has another transport try again what can be tried again, at most five times, all within the time of one export.
 *
 * It waits as long as it was told to (`Retry-After`, RetryInfo), else 1 s, 1.5 s, 2.25 s … ± 20 %. Where the time does
 * not suffice for that, it gives up at once.
 */
export function createRetryingTransport(
  transport: IExporterTransport,
  ports: RetryPorts = {},
): IExporterTransport {
  const { wait = waitUnheld, random = Math.random, now = () => performance.now() } = ports;
  const stop = new AbortController();

  const pauseAfter = (response: ExportResponse, retries: number): number | undefined => {
    if (response.status !== "retryable" || retries >= MOST_RETRIES || stop.signal.aborted)
      return undefined;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * GROWTH ** retries);
    return response.retryInMillis ?? pause * (1 + JITTER * (2 * random() - 1));
  };

  return {
    async send(data, timeoutMs) {
      const deadline = now() + timeoutMs;
      for (let retries = 0; ; retries++) {
        // oxlint-disable-next-line no-await-in-loop -- a retry follows the attempt before it
        const response = await transport.send(data, Math.max(1, deadline - now()));
        const pauseMs = pauseAfter(response, retries);
        if (pauseMs === undefined || now() + pauseMs >= deadline) return response;
        // oxlint-disable-next-line no-await-in-loop
        await wait(pauseMs, stop.signal).catch(() => undefined);
        if (stop.signal.aborted) return response;
      }
    },
    shutdown() {
      stop.abort();
      transport.shutdown();
    },
  };
}

function waitUnheld(milliseconds: number, signal: AbortSignal): Promise<unknown> {
  return delay(milliseconds, undefined, { ref: false, signal });
}
