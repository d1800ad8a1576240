import type { Report } from "../problem.ts";
import type { ComponentEvidence } from "./component-evidence.ts";
import { parseState, type ComponentStore, type SloState } from "./component-state.ts";

/** Loads and saves what components did. Neither rejects. */
export interface ComponentKeeper {
  readonly load: () => Promise<void>;
  /** Saves what is not saved yet. Calls follow one another. */
  readonly save: (slos: ReadonlyMap<string, SloState>) => Promise<void>;
}

/**
 * Keeps evidence in a store.
 *
 * Each save reads first and adds to what it finds, so that several processes may share a store. What cannot be read is
 * never written over: evidence that somebody may still repair is worth more than what this process has to add.
 */
export function createComponentKeeper({
  evidence,
  store,
  now,
  report,
}: {
  readonly evidence: ComponentEvidence;
  readonly store: ComponentStore | undefined;
  readonly now: () => number;
  readonly report: Report;
}): ComponentKeeper {
  let previous = Promise.resolve();
  const failed = (doing: string, error: unknown): void =>
    report({
      code: "component_state",
      message: `the state of the components could not be ${doing}: ${error instanceof Error ? error.message : String(error)}; what they do is counted on in memory`,
      subject: doing,
    });

  async function load(from: ComponentStore): Promise<void> {
    try {
      evidence.remember(parseState(await from.load()));
    } catch (error) {
      failed("loaded", error);
    }
  }

  async function save(to: ComponentStore, slos: ReadonlyMap<string, SloState>): Promise<void> {
    let doing = "loaded";
    try {
      const found = parseState(await to.load());
      // Others may have saved meanwhile.
      if (!evidence.isUnsaved() && slos.size === 0) return evidence.remember(found);
      doing = "saved";
      const state = evidence.stateAfter(found, slos, now());
      await to.save(`${JSON.stringify(state, undefined, 2)}\n`);
      evidence.remember(state);
    } catch (error) {
      failed(doing, error);
    }
  }

  const after = (work: () => Promise<void>): Promise<void> => (previous = previous.then(work));
  return {
    load: async () => {
      if (store !== undefined) await after(() => load(store));
    },
    save: async (slos) => {
      if (store !== undefined) await after(() => save(store, slos));
    },
  };
}
