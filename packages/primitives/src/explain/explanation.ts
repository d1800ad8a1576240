import type { Bound } from "./bound.ts";
import type { Warning } from "./warning.ts";

/** Upper bounds for one run, each reached by a course of its own. */
export interface Bounds {
  readonly calls: Bound;
  /** Backoffs, delays, waits for signals and in queues. Waits of branches that run at once add up. */
  readonly waitingMs: Bound;
  /** Of a run, how long it takes; of a leaf, how long it runs, all its calls together. */
  readonly totalMs: Bound;
  /** What the answers of models cost; prompts come on top. */
  readonly costUsd: Bound;
}

/** A step, a model call or a wait. */
export interface LeafBounds extends Bounds {
  readonly name: string;
  readonly type: string;
  readonly path: string;
}

/** What one run may take at most, as data. */
export interface Explanation {
  readonly name: string;
  readonly type: string;
  readonly path: string;
  /** The limit of the run, where it has one. */
  readonly timeoutMs?: number;
  /** The longest wait that a server was supposed to ask for. */
  readonly retryAfterMs?: number;
  readonly total: Bounds;
  /** In the order of the tree. `waitingMs` of a leaf is what the primitives around it, and it, may wait. */
  readonly leaves: readonly LeafBounds[];
  readonly warnings: readonly Warning[];
}
