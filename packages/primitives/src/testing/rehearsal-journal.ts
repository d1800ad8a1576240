/** What became of one operation. */
export interface JournalRecord {
  /** Its place among all records of the run: replays keep it. */
  readonly order: number;
  /** When it ended, in milliseconds since the run began. */
  readonly atMs: number;
  readonly json: string;
}

/** One operation of a branch. Without a record it was begun, and the process was lost before it ended. */
export interface JournalEntry {
  readonly operation: string;
  record: JournalRecord | undefined;
}

/** What outlives the processes that work on a run: the operations of its branches, in order. */
export class Journal {
  /** Operations begun and operations recorded: after each of them a process may be lost. */
  events = 0;
  readonly #branches = new Map<string, JournalEntry[]>();
  readonly #names: string[] = [];
  #nextOrder: number;

  /** @param original The journal of the run that this one repeats */
  constructor(original?: Journal) {
    this.#nextOrder = original === undefined ? 0 : original.#nextOrder;
  }

  /** The operations of one branch, to read and to add to. */
  entriesOf(branch: string): JournalEntry[] {
    let entries = this.#branches.get(branch);
    if (entries === undefined) this.#branches.set(branch, (entries = []));
    return entries;
  }

  /** What one operation of one branch came to; undefined unless it is the operation of that name. */
  find(branch: string, position: number, operation: string): JournalRecord | undefined {
    const entry = this.#branches.get(branch)?.[position];
    return entry?.operation === operation ? entry.record : undefined;
  }

  /** Recorded operations, in the order in which they were recorded. */
  get names(): readonly string[] {
    return this.#names;
  }

  begin(entries: JournalEntry[], operation: string): JournalEntry {
    const entry: JournalEntry = { operation, record: undefined };
    entries.push(entry);
    this.events++;
    return entry;
  }

  record(entry: JournalEntry, record: JournalRecord): void {
    entry.record = record;
    this.#names.push(entry.operation);
    this.events++;
  }

  nextOrder(): number {
    return this.#nextOrder++;
  }
}
