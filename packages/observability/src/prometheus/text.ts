const NANO_DIGITS = 9;

/** Escapes what stands between the quotes of a label. */
export function escapeLabelValue(value: string): string {
  // Nearly every value has nothing to escape, and one search is far cheaper than a rebuilt string.
  return /[\\"\n]/.test(value)
    ? value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
    : value;
}

/** Escapes the text after `# HELP`. */
export function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** Writes a number so that Prometheus reads the same one: the shortest text that gives back every bit. */
export function formatNumber(value: number): string {
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}

/** Writes nano-dollars as dollars, digit for digit: a double would round from 9 million dollars on. */
export function formatNanoUsd(nanoUsd: bigint): string {
  const sign = nanoUsd < 0n ? "-" : "";
  const digits = (nanoUsd < 0n ? -nanoUsd : nanoUsd).toString().padStart(NANO_DIGITS + 1, "0");
  const whole = digits.slice(0, -NANO_DIGITS);
  const fraction = digits.slice(-NANO_DIGITS).replace(/0+$/, "");
  return sign + (fraction === "" ? whole : `${whole}.${fraction}`);
}
