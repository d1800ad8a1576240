/** Counts per second of a clock, as far back as its length, in memory that never grows. */
export interface SecondRing {
  /** Counts one event. Seconds never go back. */
  readonly add: (second: number) => void;
  /** Events from the beginning of a second on, as far back as the ring reaches. */
  readonly countFrom: (first: number) => number;
  /** Most events in any one second, ever. */
  readonly peak: () => number;
}

/**
 * Makes an empty ring.
 *
 * @param length How many seconds it holds, the latest included.
 */
export function createSecondRing(length: number): SecondRing {
  const counts = new Uint32Array(length);
  let latest = -Infinity;
  let peak = 0;

  // A virtual clock may begin before 1970.
  const slot = (second: number): number => ((second % length) + length) % length;

  /** Forgets what the seconds that passed held one turn ago. */
  function moveTo(second: number): void {
    if (second - latest >= length) counts.fill(0);
    else for (let passed = latest + 1; passed <= second; passed++) counts[slot(passed)] = 0;
    latest = second;
  }

  return {
    add(second) {
      if (second > latest) moveTo(second);
      const count = ++counts[slot(latest)]!;
      if (count > peak) peak = count;
    },
    countFrom(first) {
      let count = 0;
      const oldest = Math.max(first, latest - length + 1);
      for (let second = oldest; second <= latest; second++) count += counts[slot(second)]!;
      return count;
    },
    peak: () => peak,
  };
}
