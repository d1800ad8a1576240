/**
 * What keeps nested retries from multiplying: while an outer retry runs, an inner one starts at most max(outer, inner)
 * calls over all attempts of the outer one, and then its error ends the outer one too.
 */
export class RetryNest {
  /** The most attempts of any retry around. */
  readonly attempts: number;
  /** The error that a retry below ended with for good. */
  final: { readonly error: unknown } | undefined = undefined;
  readonly #outer: RetryNest | undefined;
  readonly #started: Map<string, number>;

  constructor(attempts: number, outer: RetryNest | undefined) {
    this.attempts = Math.max(attempts, outer?.attempts ?? 0);
    this.#outer = outer;
    this.#started = outer === undefined ? new Map<string, number>() : outer.#started;
  }

  /** Calls that the retry at `path` has started so far, over all attempts of the retries around it. */
  startedAt(path: string): number {
    return this.#started.get(withoutNumbers(path)) ?? 0;
  }

  noteStart(path: string): void {
    this.#started.set(withoutNumbers(path), this.startedAt(path) + 1);
  }

  /** Tells every retry around that what failed below failed for good. */
  endAll(error: unknown): void {
    this.final = { error };
    this.#outer?.endAll(error);
  }
}

/** The same place in another attempt. Names cannot look like this: dots in them are encoded. */
function withoutNumbers(path: string): string {
  return path.replaceAll(/\/attempt\.\d+/g, "/attempt");
}
