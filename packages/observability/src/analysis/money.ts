const NANO_PER_USD = 1_000_000_000n;

/** An amount of money. */
export interface Money {
  /** Exact, in billionths of a dollar. */
  readonly nanoUsd: bigint;
  /** The same in USD, rounded to the nearest number. */
  readonly usd: number;
}

/** Makes an amount of so many billionths of a dollar. */
export function money(nanoUsd: bigint): Money {
  return { nanoUsd, usd: usdOf(nanoUsd) };
}

/** Turns billionths of a dollar into USD. Dollars and the rest apart: as one number they would lose digits. */
export function usdOf(nanoUsd: bigint): number {
  return Number(nanoUsd / NANO_PER_USD) + Number(nanoUsd % NANO_PER_USD) / Number(NANO_PER_USD);
}
