const NANO_DIGITS = 9;

/** Escapes what stands between the quotes of a label. */
export function escapeLabelValue(value: string): string {
  // Half of a surrogate pair has no UTF-8: it would leave as U+FFFD, unseen by whatever compares labels here.
  const text = value.isWellFormed() ? value : value.toWellFormed();
  // Nearly every value has nothing to escape, and one search is far cheaper than a rebuilt string.
  return /[\\"\n]/.test(text)
    ? text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
    : text;
}

/** Escapes the text after `# HELP`. A quote is escaped in OpenMetrics, and must not be in the older text format. */
export function escapeHelp(help: string, format: "text" | "openmetrics"): string {
  const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return format === "openmetrics" ? text.replaceAll('"', '\\"') : text;
}

/** Writes a number so that Prometheus reads the same one: the shortest text that gives back every bit. */
export function formatNumber(value: number): string {
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}

/**
 * Writes the bound of a bucket or quantile, which is part of a series' identity: always as a float, as OpenMetrics asks,
 * so that `le="1.0"` is the same series in both formats and in Prometheus 2 and 3.
 */
export function formatBound(bound: number): string {
  return Number.isInteger(bound) && Math.abs(bound) < 1e21 ? `${bound}.0` : formatNumber(bound);
}

/** Writes nano-dollars as dollars, digit for digit: a double would round from 9 million dollars on. */
export function formatNanoUsd(nanoUsd: bigint): string {
  const sign = nanoUsd < 0n ? "-" : "";
  const digits = (nanoUsd < 0n ? -nanoUsd : nanoUsd).toString().padStart(NANO_DIGITS + 1, "0");
  const whole = digits.slice(0, -NANO_DIGITS);
  const fraction = digits.slice(-NANO_DIGITS).replace(/0+$/, "");
  return sign + (fraction === "" ? whole : `${whole}.${fraction}`);
}
