/**
 * What nested retries have in common while the outermost of them runs: the calls that each has started, and whether one
 * below has ended for good. Immutable.
 */
export interface Ledger {
  /** Equal for equal ledgers. */
  readonly key: string;
  readonly counts: ReadonlyMap<string, number>;
}

export const EMPTY_LEDGER: Ledger = { key: "", counts: new Map() };

export function countAt(ledger: Ledger, at: string): number {
  return ledger.counts.get(at) ?? 0;
}

export function withCount(ledger: Ledger, at: string, count: number): Ledger {
  const counts = new Map(ledger.counts);
  if (count === 0) counts.delete(at);
  else counts.set(at, count);
  return ledgerOf(counts);
}

/** What two branches have noted, each for itself. Counts only grow, so the larger is the newer. */
export function mergeLedgers(one: Ledger, other: Ledger): Ledger {
  if (one.key === other.key || other.key === "") return one;
  if (one.key === "") return other;
  const counts = new Map(one.counts);
  for (const [at, count] of other.counts) counts.set(at, Math.max(count, counts.get(at) ?? 0));
  return ledgerOf(counts);
}

function ledgerOf(counts: ReadonlyMap<string, number>): Ledger {
  const entries = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { key: entries.map(([at, count]) => `${at}=${count}`).join("\n"), counts };
}
