/** What came out of a test run, as numbers and words. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** One reason for each skipped test. */
  readonly skipped: readonly string[];
  /** What went wrong besides failing tests; each is among the failed ones. */
  readonly problems: readonly string[];
}

/** Creates the tally of something that could not run at all. */
export function failure(problem: string): Tally {
  return { passed: 0, failed: 1, skipped: [], problems: [problem] };
}

/** Adds tallies up. */
export function total(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skipped: tallies.flatMap((tally) => tally.skipped),
    problems: tallies.flatMap((tally) => tally.problems),
  };
}

/** Says how many tests there were. */
export function size(tally: Tally): number {
  return tally.passed + tally.failed + tally.skipped.length;
}

/** Writes a tally as `N passed, N failed, N skipped (why)`: the line that other programs read. */
export function summaryLine({ passed, failed, skipped }: Tally): string {
  const reasons = [...new Set(skipped)].toSorted().join("; ");
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped (${reasons === "" ? "none" : reasons})`;
}
