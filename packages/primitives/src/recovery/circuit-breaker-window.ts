export interface WindowTotals {
  readonly calls: number;
  readonly failures: number;
}

/** The window slides in steps of a tenth of its length: memory stays the same whatever the traffic. */
const CELLS = 10;

/** Counts the calls and the failures of the last `windowMs`. */
export class FailureWindow {
  readonly #cellMs: number;
  readonly #cells = Array.from({ length: CELLS }, () => ({
    turn: -Infinity,
    calls: 0,
    failures: 0,
  }));

  constructor(windowMs: number) {
    this.#cellMs = windowMs / CELLS;
  }

  /** Counts a call; returns the totals of the window, this call included. */
  add(nowMs: number, isFailure: boolean): WindowTotals {
    const turn = Math.floor(nowMs / this.#cellMs);
    const own = this.#cells[((turn % CELLS) + CELLS) % CELLS]!;
    if (own.turn !== turn) Object.assign(own, { turn, calls: 0, failures: 0 });
    own.calls++;
    if (isFailure) own.failures++;
    let calls = 0;
    let failures = 0;
    for (const cell of this.#cells) {
      // Both ways, because a caller's clock may be behind another's.
      if (Math.abs(turn - cell.turn) >= CELLS) continue;
      calls += cell.calls;
      failures += cell.failures;
    }
    return { calls, failures };
  }

  clear(): void {
    for (const cell of this.#cells) cell.turn = -Infinity;
  }
}
