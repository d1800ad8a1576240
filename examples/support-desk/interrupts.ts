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

/**
 * Turns SIGINT and SIGTERM into two abort signals, one after the other.
 *
 * @param source what emits the signals
 * @default source process
 */
export function listenForInterrupts(source: EventEmitter = process): Interrupts {
  const stop = new AbortController();
  const breakOff = new AbortController();
  function onSignal(): void {
    if (stop.signal.aborted) breakOff.abort();
    else stop.abort();
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
