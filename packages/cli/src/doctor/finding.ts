/** What one check found. */
export interface Finding {
  /** What was looked at, as few words as it takes. */
  readonly check: string;
  readonly state: "ok" | "warning" | "failure" | "skipped";
  /** What is there, or what is wrong. */
  readonly message: string;
  /** What to do; absent where all is well. */
  readonly advice?: string;
}
