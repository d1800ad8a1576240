/** Items that travel together. */
export interface Batch<T> {
  readonly items: T[];
  /** How often it was tried in vain. */
  attempts: number;
  /** Called once, when the next attempt is over. */
  readonly watchers: (() => void)[];
}

/** Makes a batch that was not tried yet. */
export function createBatch<T>(items: T[]): Batch<T> {
  return { items, attempts: 0, watchers: [] };
}
