import type { FaultRatios, Outage } from "./fate.ts";
import type { ModelPace } from "./latency.ts";

/** A model the server offers. */
export interface ServedModel extends ModelPace {
  readonly id: string;
  /** @default {} nothing fails */
  readonly faults?: FaultRatios;
}

/** Options of `startModelServer`. */
export interface ModelServerOptions {
  readonly models: readonly ServedModel[];
  /** Decides, with a request's key, what fails. */
  readonly seed: number;
  /** Divides every latency. @default 1 */
  readonly speed?: number;
  /** How many times later a slow answer comes. @default 5 */
  readonly slowFactor?: number;
  /** Whole seconds of wall time; not divided by `speed`, the header knows no fractions. @default 1 */
  readonly retryAfterSeconds?: number;
  /** Stretches in which a model answers 503 only. @default [] */
  readonly outages?: readonly Outage[];
  /** Waits before an answer; rejects when the signal aborts. @default the clock of `node:timers/promises` */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** @default 0, a free port */
  readonly port?: number;
}
