import type { BurnAlert } from "@tta-dev/primitives/slo";

/** The error budget of an SLO began to be spent too fast, or no longer is. */
export interface BurnEvent extends BurnAlert {
  readonly state: "started" | "ended";
  /** Name of the SLO. */
  readonly slo: string;
  /** Name of its workflow; absent where it is about every run. */
  readonly workflow?: string;
  readonly objective: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** When it started, epoch milliseconds; before a restart, maybe. */
  readonly sinceMs: number;
  /** Undefined where the window had no event. */
  readonly longBurnRate: number | undefined;
  /** Undefined where the window had no event. */
  readonly shortBurnRate: number | undefined;
  /** Part of the budget that is left in the SLO's window; negative once overspent. */
  readonly errorBudgetRemaining: number | undefined;
}
