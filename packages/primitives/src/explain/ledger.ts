/**
 * What nested retries have in common while the outermost of them runs: the calls that each has started, and whether one
 * below has ended for good. Immutable, and the same object for the same contents of one book.
 */
export interface Ledger {
  readonly id: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly book: LedgerBook;
}

/** Keeps every ledger there is, so that equal ones are one. */
export class LedgerBook {
  readonly #ledgers = new Map<string, Ledger>();
  readonly #changes = new Map<string, Ledger>();
  readonly empty: Ledger = this.#of(new Map());

  withCount(ledger: Ledger, at: string, count: number): Ledger {
    if (countAt(ledger, at) === count) return ledger;
    const change = `${ledger.id} ${count} ${at}`;
    let changed = this.#changes.get(change);
    if (changed === undefined) {
      const counts = new Map(ledger.counts);
      if (count === 0) counts.delete(at);
      else counts.set(at, count);
      changed = this.#of(counts);
      this.#changes.set(change, changed);
    }
    return changed;
  }

  /** What two branches have noted, each for itself. Counts only grow, so the larger is the newer. */
  merge(one: Ledger, other: Ledger): Ledger {
    let merged = one;
    for (const [at, count] of other.counts)
      if (count > countAt(merged, at)) merged = this.withCount(merged, at, count);
    return merged;
  }

  #of(counts: ReadonlyMap<string, number>): Ledger {
    const entries = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const key = entries.map(([at, count]) => `${at}=${count}`).join("\n");
    let ledger = this.#ledgers.get(key);
    if (ledger === undefined) {
      ledger = { id: this.#ledgers.size, counts, book: this };
      this.#ledgers.set(key, ledger);
    }
    return ledger;
  }
}

export function countAt(ledger: Ledger, at: string): number {
  return ledger.counts.get(at) ?? 0;
}

export function withCount(ledger: Ledger, at: string, count: number): Ledger {
  return ledger.book.withCount(ledger, at, count);
}

export function mergeLedgers(one: Ledger, other: Ledger): Ledger {
  return one === other ? one : one.book.merge(one, other);
}
