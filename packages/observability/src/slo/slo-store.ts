/** Where the counts of SLOs are kept, so that a restart does not begin anew. One process writes; text goes in and out. */
export interface SloStore {
  /** Returns what was saved last; undefined where nothing was. */
  readonly load: () => Promise<string | undefined>;
  /** Replaces what was saved, all of it or nothing. */
  readonly save: (state: string) => Promise<unknown>;
}
