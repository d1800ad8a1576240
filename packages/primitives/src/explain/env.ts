import type { Course } from "./course.ts";
import type { Objective } from "./objective.ts";
import type { Reach } from "./reach.ts";
import type { Site } from "./site.ts";
import type { Unbounded } from "./bound.ts";

/** What holds for everything below some point of the tree. */
export interface Env {
  readonly objective: Objective;
  /** Nothing starts at or after this moment; what runs then is stopped. Infinity without a limit. */
  readonly deadline: number;
  /** The most attempts of any retry around, as far as they limit a retry here; 0 where none does. */
  readonly outerAttempts: number;
  /** Tells the turns of loops and the attempts of hedges apart, for the ledger. */
  readonly turn: string;
  /** The longest wait that a server may ask for (`Retry-After`). */
  readonly retryAfterMs: number;
  /** True where the calls of nested retries are not kept account of: larger bounds, found sooner. */
  readonly isCoarse: boolean;
  /** Follows calls of a node from each of the courses. */
  walk(site: Site, courses: readonly Course[], env: Env): Reach;
  /** Remembers why there may be no bound. */
  note(reason: Unbounded): void;
  /** Counts work. @throws TooLarge when there is too much of it */
  tick(amount: number): void;
}

/** Follows one call of a node that starts at 0, or by `start.to`, with nothing counted yet. */
export type Transfer = (site: Site, start: Course, env: Env) => Reach;

/** Too many courses to follow them one by one. */
export class TooLarge extends Error {}
