/** The calls that one retry has started so far, over all attempts of the retries around it. */
export interface RetryTally {
  readonly started: number;
  noteStart(): void;
}

/**
 * What keeps nested retries from multiplying: while an outer retry runs, an inner one starts at most max(outer, inner)
 * calls over all attempts of the outer one, and then its error ends the outer one too.
 */
export class RetryNest {
  /** The most attempts of any retry around. */
  readonly attempts: number;
  /** What the attempt before this one failed with. */
  lastFailure: { readonly error: unknown } | undefined = undefined;
  #final: { readonly error: unknown } | undefined = undefined;
  readonly #outer: RetryNest | undefined;
  /** Calls by place, in any attempt, and there by execution: a step may execute one retry several times. */
  readonly #started: Map<string, number[]>;
  /** Executions by path, attempt numbers included. */
  readonly #executions: Map<string, number>;

  constructor(attempts: number, outer: RetryNest | undefined) {
    this.attempts = Math.max(attempts, outer?.attempts ?? 0);
    this.#outer = outer;
    this.#started = outer === undefined ? new Map<string, number[]>() : outer.#started;
    this.#executions = outer === undefined ? new Map<string, number>() : outer.#executions;
  }

  /** Begins an execution of the retry at `path`. The n-th one there continues the n-th of the attempt before. */
  enter(path: string): RetryTally {
    const nth = this.#executions.get(path) ?? 0;
    this.#executions.set(path, nth + 1);
    const place = withoutNumbers(path);
    const calls = this.#started.get(place) ?? [];
    this.#started.set(place, calls);
    return {
      get started() {
        return calls[nth] ?? 0;
      },
      noteStart() {
        calls[nth] = (calls[nth] ?? 0) + 1;
      },
    };
  }

  /** Tells every retry around that what failed below failed for good. */
  endAll(error: unknown): void {
    this.#final = { error };
    this.#outer?.endAll(error);
  }

  /** True for the error that a retry below ended with for good, as it is or as the cause of another. */
  isFinal(error: unknown): boolean {
    if (this.#final === undefined) return false;
    let at = error;
    for (let depth = 0; depth < LONGEST_CHAIN; depth++) {
      if (at === this.#final.error) return true;
      if (!(at instanceof Error) || at.cause === undefined) return false;
      at = at.cause;
    }
    return false;
  }

  /** What the attempt under way was made for: there was one before it that failed. */
  get reason(): unknown {
    return this.lastFailure === undefined ? this.#outer?.reason : this.lastFailure.error;
  }
}

/** A chain of causes may lead back to itself. */
const LONGEST_CHAIN = 16;

/** The same place in another attempt. Names cannot look like this: dots in them are encoded. */
function withoutNumbers(path: string): string {
  return path.replaceAll(/\/attempt\.\d+/g, "/attempt");
}
