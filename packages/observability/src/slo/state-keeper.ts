import type { Report } from "../problem.ts";
import type { SloStore } from "./slo-store.ts";

/** How long a store may take to answer. */
const ANSWER_MS = 5000;

/** Brings state into a store and back. */
export interface StateKeeper {
  /** Resolves when the store was asked for what it holds, whatever came of it. */
  readonly ready: Promise<void>;
  /** Says that there is something new to save. */
  readonly changed: () => void;
  /** Saves at once what is new. Never rejects. */
  readonly save: () => Promise<void>;
  /** Ends the regular saving. */
  readonly stop: () => void;
}

export interface StateKeeperOptions {
  readonly store: SloStore;
  readonly saveEveryMs: number;
  /** Takes what was saved. It may throw: then it could not be read. */
  readonly read: (text: string) => void;
  readonly write: () => string;
  readonly report: Report;
}

/**
 * Saves what is new every few seconds, one after the other. It never saves before it has loaded: what the store holds
 * would be lost. While the store is away it goes on asking.
 */
export function keepState(options: StateKeeperOptions): StateKeeper {
  const { store, read, write, report } = options;
  let isLoaded = false;
  let isNew = false;
  let last: Promise<void> = Promise.resolve();

  const problem = (subject: string, doing: string, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    report({ code: "slo_state", subject, message: `${doing}: ${reason}` });
  };
  const load = async (): Promise<void> => {
    let text: string | undefined;
    try {
      text = await answered(store.load());
    } catch (error) {
      problem("load", "the saved counts of SLOs cannot be had, and are asked for again", error);
      return;
    }
    isLoaded = true;
    if (text === undefined) return;
    try {
      read(text);
    } catch (error) {
      problem("content", "the saved counts of SLOs cannot be read: counting begins anew", error);
    }
  };
  const saveNew = async (): Promise<void> => {
    if (!isLoaded) await load();
    if (!isLoaded || !isNew) return;
    isNew = false;
    try {
      await answered(store.save(write()));
    } catch (error) {
      isNew = true;
      problem("save", "the counts of SLOs cannot be saved, and a restart would lose them", error);
    }
  };
  const save = (): Promise<void> => (last = last.then(saveNew));

  const ready = (last = load());
  const timer = setInterval(() => void save(), options.saveEveryMs);
  timer.unref();
  return {
    ready,
    changed() {
      isNew = true;
    },
    save,
    stop() {
      clearInterval(timer);
    },
  };
}

/** Waits for a store that may hang: a client that is not connected holds calls back for ever. */
async function answered<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`no answer within ${ANSWER_MS} ms`));
  }, ANSWER_MS);
  timer.unref();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
