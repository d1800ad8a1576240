import { checkObject, wrongType, wrongValue } from "./wrong-argument.ts";

export interface ThroughputOptions {
  /**
   * The windows to look back over, in milliseconds: whole seconds, at most 15 minutes.
   *
   * @default [1_000, 10_000, 60_000, 300_000, 900_000]
   */
  readonly windowsMs?: readonly number[];
}

const STANDARD_WINDOWS_MS = [1_000, 10_000, 60_000, 300_000, 900_000] as const;

/**
 * Checks options and fills them in.
 *
 * @throws TypeError or RangeError for a wrong option
 */
export function windowsIn(
  options: ThroughputOptions | undefined,
  maxWindowMs: number,
): readonly number[] {
  if (options === undefined) return STANDARD_WINDOWS_MS;
  checkObject("throughput: the argument", options);
  const { windowsMs = STANDARD_WINDOWS_MS } = options;
  if (!Array.isArray(windowsMs))
    throw wrongType({
      place: "throughput: windowsMs",
      value: windowsMs,
      expected: "an array of numbers",
    });
  for (const [index, value] of (windowsMs as readonly unknown[]).entries()) {
    const given = {
      place: `throughput: windowsMs[${index}]`,
      value,
      expected: `whole seconds in milliseconds, 1000 to ${maxWindowMs}`,
    };
    if (typeof value !== "number") throw wrongType(given);
    if (!(value >= 1000 && value <= maxWindowMs && value % 1000 === 0)) throw wrongValue(given);
  }
  return windowsMs;
}
