import { isMainThread } from "node:worker_threads";

/** The part of `process` that is needed. */
export interface HookedProcess {
  readonly pid: number;
  readonly on: (event: "exit" | "beforeExit", listener: () => void) => unknown;
  readonly prependListener: (signal: NodeJS.Signals, listener: () => void) => unknown;
  readonly off: (event: string, listener: () => void) => unknown;
  readonly listenerCount: (event: string) => number;
  readonly kill: (pid: number, signal: NodeJS.Signals) => unknown;
}

/** What is done when the process ends. */
export interface ExitHooks {
  /** Sends what waits. Resolves with the milliseconds that are left of the time for it, 0 where it was given up; never rejects. */
  readonly flush: () => Promise<number>;
  /** Sends or keeps what is left, without a promise; with 0 the collector is not asked. Never throws. */
  readonly deliver: (timeoutMs: number) => void;
  /** Milliseconds to deliver in where nothing was flushed before. */
  readonly timeoutMs: number;
  /** `process` outside tests. */
  readonly host?: HookedProcess;
}

/** Those that end a process and that it can see coming. */
const SIGNALS: readonly NodeJS.Signals[] = ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * Delivers what is left when the process ends, and changes nothing else about its end: not the exit code, not the
 * signal, not the stack trace. Returns what takes the hooks back.
 *
 * On return from main the event "beforeExit" leaves time to flush. After an uncaught error, an unhandled rejection and
 * `process.exit()` there is only the event "exit", in which no promise runs.
 */
export function installExitHooks(hooks: ExitHooks): () => void {
  const { flush, deliver, timeoutMs, host = process } = hooks;
  const listeners = new Map<NodeJS.Signals, () => void>();

  const remove = (signal: NodeJS.Signals): void => {
    const listener = listeners.get(signal);
    if (listener !== undefined) host.off(signal, listener);
    listeners.delete(signal);
  };

  /** Ends the process as the signal would have done. One that survives it, as process 1 of a container, is left alone. */
  const raise = (signal: NodeJS.Signals): void => {
    remove(signal);
    host.kill(host.pid, signal);
  };

  let isEnding = false;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    deliver(await flush());
    raise(signal);
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    if (othersListen(host, signal)) {
      // The application ends by itself, or does not.
      void flush();
    } else if (isEnding) {
      // Asked twice: nobody wants to wait for a collector.
      deliver(0);
      raise(signal);
    } else {
      isEnding = true;
      void end(signal);
    }
  };

  const flushOrKeep = async (): Promise<void> => {
    // Whoever did not answer in this time is not asked again in "exit".
    if ((await flush()) === 0) deliver(0);
  };

  const onBeforeExit = (): void => {
    // Once: work begun here lets the event come again.
    host.off("beforeExit", onBeforeExit);
    void flushOrKeep();
  };

  const removeAll = (): void => {
    for (const signal of SIGNALS) remove(signal);
  };

  const onExit = (): void => {
    // No listener runs any more: without them a second Ctrl-C ends the process while it waits.
    removeAll();
    deliver(timeoutMs);
  };

  host.on("beforeExit", onBeforeExit);
  host.on("exit", onExit);
  if (isMainThread) {
    for (const signal of SIGNALS) {
      const listener = (): void => {
        onSignal(signal);
      };
      listeners.set(signal, listener);
      // First, because a listener for one time is not there any more after it was called.
      host.prependListener(signal, listener);
    }
  }
  return () => {
    host.off("beforeExit", onBeforeExit);
    host.off("exit", onExit);
    removeAll();
  };
}

/**
 * Whether the application listens to the signal. The listeners of signal-exit do not count, which is in many command-line
 * tools: they leave the process alone where somebody else listens, so that each would wait for the other to end it.
 */
function othersListen(host: HookedProcess, signal: NodeJS.Signals): boolean {
  return host.listenerCount(signal) > 1 + signalExitCount();
}

/** signal-exit 4 keeps its count here, older ones in `process.__signal_exit_emitter__`. */
function signalExitCount(): number {
  const emitters = [
    (globalThis as Record<PropertyKey, unknown>)[Symbol.for("signal-exit emitter")],
    (process as unknown as Record<PropertyKey, unknown>)["__signal_exit_emitter__"],
  ] as readonly ({ readonly count?: unknown } | undefined)[];
  return emitters.reduce((sum, emitter) => sum + (Number(emitter?.count) || 0), 0);
}
