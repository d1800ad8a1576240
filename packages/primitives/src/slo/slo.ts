import type { BurnAlert } from "./burn-alert.ts";
import type { DefinedIndicator, SloIndicator } from "./indicator.ts";

/** What `defineSlo` takes. */
export interface SloOptions {
  /** What it is called everywhere, the label `slo` included; no other SLO of the process may have the name. */
  readonly name: string;
  /** What it promises, in words. */
  readonly description?: string;
  /** Part of the events that has to be good: 0.999 for 99.9 %. */
  readonly objective: number;
  /**
   * Days that it looks back over; the window slides.
   *
   * @default 30
   */
  readonly windowDays?: number;
  /** What makes an event, and what makes it bad. */
  readonly indicator: SloIndicator;
  /**
   * Name of the workflow that it judges, at the root and inside other runs.
   *
   * @default the workflow it is given to; else every run, and every score, of the process
   */
  readonly workflow?: string;
  /**
   * Fewest events to judge from: with fewer in its long window no alert burns, with fewer in the SLO's window its state
   * is `"too_few_events"`.
   *
   * @default 10
   */
  readonly minEvents?: number;
  /**
   * When its budget is spent too fast.
   *
   * @default the pairs 1h/5m, 6h/30m (page), 1d/2h, 3d/6h (ticket) at 14.4, 6, 3 and 1, but no more than 0.8 ÷ (1 − objective)
   */
  readonly alerts?: readonly BurnAlert[];
}

/** A service level objective: plain, frozen data with every default filled in. */
export interface Slo {
  readonly name: string;
  readonly description?: string;
  readonly objective: number;
  readonly windowDays: number;
  readonly indicator: DefinedIndicator;
  readonly workflow?: string;
  readonly minEvents: number;
  readonly alerts: readonly BurnAlert[];
}

/** An SLO that somebody in the process has declared. */
export interface DeclaredSlo {
  readonly slo: Slo;
  /** How often it was declared and not taken back. */
  declarations: number;
}
