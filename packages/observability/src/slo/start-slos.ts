import { inspect } from "node:util";
import { declareSlos } from "@tta-dev/primitives/slo";
import type { Slo } from "@tta-dev/primitives/slo";
import { isRecord, milliseconds } from "../config/kind.ts";
import type { BurnEvent } from "./burn-event.ts";
import { fileSloStore } from "./file-store.ts";
import type { SloStore } from "./slo-store.ts";
import { startSloTracker, type SloTracker, type SloTrackerOptions } from "./slo-tracker.ts";

const SAVE_EVERY_MS = 10_000;

/** How SLOs are tracked. */
export interface SloTrackingOptions {
  /**
   * Is told when an error budget begins to be spent too fast, and when that ends. What it throws is a problem and
   * disturbs nobody.
   */
  readonly onBurn?: (event: BurnEvent) => unknown;
  /**
   * Where the counts survive a restart: the path of a file, or a store such as `redisSloStore` makes. Each process
   * needs one of its own.
   *
   * @default none: a restart begins anew
   */
  readonly store?: string | SloStore;
  /**
   * Milliseconds between two saves while there is something new; a process that is killed loses no more than that.
   *
   * @default 10_000
   */
  readonly saveEveryMs?: number;
}

/**
 * Declares SLOs and begins to track them, with those that workflows declare.
 *
 * @throws TypeError or RangeError for a wrong option; then nothing was started
 */
export function startSlos(
  options: { readonly slos?: readonly Slo[]; readonly slo?: SloTrackingOptions },
  ports: Pick<SloTrackerOptions, "shared" | "now" | "report" | "bindBurnEvents">,
): SloTracker {
  const { slos = [], slo = {} } = options;
  const given: unknown = slo;
  if (!isRecord(given)) throw wrong("slo", given, "an object with onBurn, store and saveEveryMs");
  const { onBurn, store, saveEveryMs = SAVE_EVERY_MS } = slo;
  if (onBurn !== undefined && typeof onBurn !== "function")
    throw wrong("slo.onBurn", onBurn, "a function");
  if (!milliseconds.is(saveEveryMs))
    throw wrong("slo.saveEveryMs", saveEveryMs, milliseconds.expected);
  if (!milliseconds.fits(saveEveryMs))
    throw new RangeError(wrong("slo.saveEveryMs", saveEveryMs, milliseconds.expected).message);
  const kept = store === undefined ? undefined : storeFrom(store);
  const takeBack = declareSlos(slos, "initializeObservability({ slos })");
  const tracker = startSloTracker({ ...ports, onBurn, store: kept, saveEveryMs });
  return {
    ...tracker,
    release() {
      tracker.release();
      takeBack();
    },
    shutdown() {
      takeBack();
      return tracker.shutdown();
    },
  };
}

function storeFrom(store: string | SloStore): SloStore {
  if (typeof store === "string" && store !== "") return fileSloStore(store);
  const given: unknown = store;
  const isStore =
    isRecord(given) && typeof given["load"] === "function" && typeof given["save"] === "function";
  if (typeof store !== "string" && isStore) return store;
  throw wrong("slo.store", given, "the path of a file or an object with the methods load and save");
}

function wrong(name: string, value: unknown, expected: string): TypeError {
  const shown = inspect(value, { depth: 0, maxStringLength: 100, breakLength: Infinity });
  return new TypeError(`initializeObservability: ${name} is ${shown}; expected ${expected}`);
}
