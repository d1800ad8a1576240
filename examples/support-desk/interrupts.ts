import type { EventEmitter } from "node:events";

/** What Ctrl-C asks for. */
export interface Interrupts {
  /** Aborts at the first Ctrl-C: start nothing more, finish what runs. */
  readonly stop: AbortSignal;
  /** Aborts at the second: break off what runs. */
  readonly breakOff: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  readonly dispose: () => void;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** A terminal tells every process of Ctrl-C, and npm passes it on to the same ones: nobody's fingers are that fast. */
const echoMs = 100;

/**
 * Turns SIGINT and SIGTERM into two abort signals, one after the other.
 *
 * @param source what emits the signals
 * @param now milliseconds on a clock that only goes forward
 * @default source process
 * @default now performance.now
 */
export function listenForInterrupts(
  source: EventEmitter = process,
  now: () => number = () => performance.now(),
): Interrupts {
  const stop = new AbortController();
  const breakOff = new AbortController();
  let stoppedMs = 0;
  function onSignal(): void {
    if (!stop.signal.aborted) {
      stoppedMs = now();
      stop.abort();
    } else if (now() - stoppedMs > echoMs) breakOff.abort();
  }
  for (const name of signals) source.on(name, onSignal);
  return {
    stop: stop.signal,
    breakOff: breakOff.signal,
    dispose() {
      for (const name of signals) source.off(name, onSignal);
    },
  };
}
