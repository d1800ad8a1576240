import { median } from "./robust.ts";

/** What is usual at a time of the season. */
export interface SeasonalBaseline {
  /** Takes the value of a bucket; times must not go back. */
  readonly add: (atMs: number, value: number) => void;
  /**
   * How far a value is from what is usual at this moment; undefined until enough seasons have been seen.
   *
   * Where one slot passes into the next, whatever lies between the two is usual: the day may begin with a step.
   */
  readonly distance: (atMs: number, value: number) => number | undefined;
}

export interface SeasonalBaselineOptions {
  /** Length of the season in milliseconds. */
  readonly seasonMs: number;
  /** Slots that the season is cut into. */
  readonly slots: number;
  /** Seasons that are remembered. */
  readonly seasons: number;
  /** Seasons that must have been seen before anything is usual. */
  readonly leastSeasons: number;
}

/**
 * Remembers one number for each slot of each season: the median of the slot's buckets. What is usual in a slot is the median
 * over the seasons.
 */
export function createSeasonalBaseline(options: SeasonalBaselineOptions): SeasonalBaseline {
  const { seasonMs, slots, seasons, leastSeasons } = options;
  const slotMs = seasonMs / slots;
  // One array for all slots: there are hundreds of them for each workflow that is watched.
  const history = new Float64Array(slots * seasons);
  const counts = new Uint32Array(slots);
  let open: { readonly number: number; readonly values: number[] } | undefined;

  const slotOf = (number: number): number => ((number % slots) + slots) % slots;

  const close = (): void => {
    if (open === undefined || open.values.length === 0) return;
    const slot = slotOf(open.number);
    const count = counts[slot]!;
    history[slot * seasons + (count % seasons)] = median(open.values);
    counts[slot] = count + 1;
  };

  const usual = (number: number): number | undefined => {
    const slot = slotOf(number);
    const known = Math.min(counts[slot]!, seasons);
    if (known < leastSeasons) return undefined;
    return median(history.subarray(slot * seasons, slot * seasons + known));
  };

  return {
    add(atMs, value) {
      const number = Math.floor(atMs / slotMs);
      if (open?.number !== number) {
        close();
        open = { number, values: [] };
      }
      open.values.push(value);
    },
    distance(atMs, value) {
      // The two slots whose middles the moment lies between.
      const before = Math.floor(atMs / slotMs - 0.5);
      const left = usual(before);
      const right = usual(before + 1);
      if (left === undefined || right === undefined) return undefined;
      return value - Math.min(Math.max(value, Math.min(left, right)), Math.max(left, right));
    },
  };
}
