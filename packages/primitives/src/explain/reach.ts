import type { Course, Stop } from "./course.ts";
import { clip } from "./course.ts";
import { pruneCourses, pruneStops } from "./prune.ts";

/**
 * How a call may end, as the retries around it see it.
 *
 * "retryable": retried unless `retryIf` says no; "terminal": not retried unless `retryIf` says yes (an open circuit, a
 * RangeError, most client errors); "never": not retried whatever `retryIf` says (no time is left). The last two are
 * errors with which a retry below has used up its calls, so that they end the retries around it too.
 */
export const endings = [
  "ok",
  "retryable",
  "terminal",
  "never",
  "final_retryable",
  "final_terminal",
] as const;
export type Ending = (typeof endings)[number];

export type Failure = Exclude<Ending, "ok">;

export const failures = endings.filter((ending) => ending !== "ok");

/** True for what ends the retries around too. */
export function isFinal(ending: Ending): ending is Failure {
  return ending === "final_retryable" || ending === "final_terminal";
}

/** What it is to a retry that nothing below has limited. */
export function baseOf(ending: Failure): Failure {
  if (ending === "final_retryable") return "retryable";
  return ending === "final_terminal" ? "terminal" : ending;
}

/** The same for good. When no time is left, the retries around end anyway. */
export function finalOf(ending: Failure): Failure {
  if (ending === "retryable") return "final_retryable";
  return ending === "terminal" ? "final_terminal" : ending;
}

/** An error of ours with this one as its cause. */
export function asRetryable(ending: Ending): Failure {
  return isFinal(ending) ? "final_retryable" : "retryable";
}

/** Everywhere that a call may get to. */
export interface Reach {
  readonly ends: Readonly<Record<Ending, readonly Course[]>>;
  readonly stops: readonly Stop[];
}

/** Collects where a call may get to. */
export class ReachBuilder {
  readonly #ends: Record<Ending, Course[]> = {
    ok: [],
    retryable: [],
    terminal: [],
    never: [],
    final_retryable: [],
    final_terminal: [],
  };
  readonly #stops: Stop[] = [];

  end(ending: Ending, ...courses: readonly Course[]): this {
    this.#ends[ending].push(...courses);
    return this;
  }

  stop(...stops: readonly Stop[]): this {
    this.#stops.push(...stops);
    return this;
  }

  fail(reach: Reach): this {
    for (const ending of failures) this.end(ending, ...reach.ends[ending]);
    return this;
  }

  add(reach: Reach): this {
    return this.end("ok", ...reach.ends.ok)
      .fail(reach)
      .stop(...reach.stops);
  }

  /** What lies beyond the deadline is no ending: it was stopped there. */
  build(deadline = Infinity): Reach {
    const within = <C extends Course>(courses: readonly C[]): C[] =>
      deadline === Infinity
        ? [...courses]
        : courses.flatMap((course) => clip(course, deadline) ?? []);
    const ends = Object.fromEntries(
      endings.map((ending) => [ending, pruneCourses(within(this.#ends[ending]))]),
    ) as unknown as Reach["ends"];
    return { ends, stops: pruneStops(within(this.#stops)) };
  }
}

export function failuresOf(reach: Reach): readonly Course[] {
  return failures.flatMap((ending) => reach.ends[ending]);
}
