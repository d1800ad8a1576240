import type { Slot } from "@tta-dev/primitives";
import { slot } from "@tta-dev/primitives";
import type { Observability } from "./observability.ts";
import type { Report } from "./problem.ts";

/** What one call of `initializeObservability` has started in this process. */
export interface Running {
  readonly observability: Observability;
  readonly report: Report;
}

/** The slot that all packages meet in, as this one sees it: a second copy of it finds what the first has started. */
export interface SharedSlot extends Omit<Slot, "observability"> {
  observability?: Running | undefined;
}

/** The process-wide slot. */
export function sharedSlot(): SharedSlot {
  // What is in there was put there by a copy of this package.
  return slot() as SharedSlot;
}
