const grouping = new Intl.NumberFormat("en-US");

/** Writes a whole number with thousands separated: 12,345. */
export function countText(value: number): string {
  return grouping.format(value);
}

/** Writes a ratio as a percentage with one decimal: 0.125 is "12.5 %". */
export function percentText(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

/** Writes a count with its noun: "1 run", "2 runs". */
export function countedText(value: number, noun: string): string {
  return `${countText(value)} ${noun}${value === 1 ? "" : "s"}`;
}
