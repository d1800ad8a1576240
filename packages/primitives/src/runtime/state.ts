import { StateConflictError } from "../errors.ts";

/**
 * Values shared by the steps of a run.
 *
 * A branch and a journaled step see a snapshot and write into an overlay; writes are merged, in branch order, when
 * they succeed. Keep JSON in it: on durable engines it crosses machines.
 */
export class State {
  readonly #base: State | undefined;
  #writes: Map<string, unknown> | undefined = undefined;

  constructor(base?: State, entries?: Iterable<readonly [string, unknown]>) {
    this.#base = base;
    if (entries !== undefined) this.#writes = new Map(entries);
  }

  get(key: string): unknown {
    return this.#writes?.has(key) === true ? this.#writes.get(key) : this.#base?.get(key);
  }

  has(key: string): boolean {
    return this.#writes?.has(key) === true || this.#base?.has(key) === true;
  }

  set(key: string, value: unknown): this {
    (this.#writes ??= new Map()).set(key, value);
    return this;
  }

  /** Everything visible here, base first. */
  entries(): [string, unknown][] {
    return [...new Map([...(this.#base?.entries() ?? []), ...(this.#writes ?? [])])];
  }

  /** What was written here and not merged yet. */
  writes(): [string, unknown][] {
    return this.#writes === undefined ? [] : [...this.#writes];
  }

  /** A view with writes of its own. It is a snapshot, because the branch that forks writes nothing until the join. */
  fork(): State {
    return new State(this);
  }

  merge(writes: Iterable<readonly [string, unknown]>): void {
    for (const [key, value] of writes) this.set(key, value);
  }
}

/** Merges what branches wrote, in branch order, all of it or nothing. @throws StateConflictError when two of them wrote one key */
export function mergeBranches(
  state: State,
  branches: readonly { readonly path: string; readonly state: State }[],
): void {
  const writers = new Map<string, string>();
  for (const branch of branches) {
    for (const [key] of branch.state.writes()) {
      const other = writers.get(key);
      if (other !== undefined)
        throw new StateConflictError(
          `state key "${key}" was written by two branches, "${other}" and "${branch.path}"; give each its own key and merge them after the join`,
          key,
        );
      writers.set(key, branch.path);
    }
  }
  for (const branch of branches) state.merge(branch.state.writes());
}
