import type { Finding } from "./finding.ts";

/** More than this, and spans of two machines no longer lie in each other. */
const MOST_SKEW_MS = 2000;
/** The Date header has whole seconds. */
const RESOLUTION_MS = 1000;

/**
 * Compares this machine's clock with the collector's.
 *
 * @param date The collector's Date header.
 * @param nowMs Epoch milliseconds when it came.
 */
export function checkClock(date: string | null | undefined, nowMs: number): Finding {
  const check = "clock";
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs))
    return {
      check,
      state: "skipped",
      message: "nothing to compare it with: no collector told the time",
    };
  const skewMs = nowMs - theirs;
  const isClose = Math.abs(skewMs) <= MOST_SKEW_MS + RESOLUTION_MS;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return isClose
    ? { check, state: "ok", message: "agrees with the collector's" }
    : {
        check,
        state: "failure",
        message: `is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the collector's: spans land at the wrong time, or are refused`,
        advice: "synchronise the clocks (NTP)",
      };
}
