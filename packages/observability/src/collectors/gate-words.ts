const grouping = new Intl.NumberFormat("en-US");

/** Rounding errors below this are no part of a number. */
const NOISE = 1e-9;

/** Writes a count: 12,345. */
export function countWords(count: number): string {
  return grouping.format(count);
}

/** Writes a ratio that should be high, rounded down: what is short of 80 % never reads as 80 %. */
export function leastPercent(ratio: number): string {
  return percent(Math.floor(ratio * 1e3 + NOISE) / 10);
}

/** Writes a ratio that should be low, rounded up. */
export function mostPercent(ratio: number): string {
  return percent(Math.ceil(ratio * 1e4 - NOISE) / 100);
}

/** Writes a count with its noun: "1 day", "2 days". */
export function counted(count: number, noun: string): string {
  return `${countWords(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function percent(value: number): string {
  return `${String(value)} %`;
}
