/** What units are called in Prometheus, as OpenTelemetry's Collector translates them. */
const WORDS: Readonly<Record<string, string>> = {
  "1": "",
  "%": "percent",
  A: "amperes",
  By: "bytes",
  Cel: "celsius",
  GBy: "gigabytes",
  GiBy: "gibibytes",
  Hz: "hertz",
  J: "joules",
  KBy: "kilobytes",
  KiBy: "kibibytes",
  MBy: "megabytes",
  MiBy: "mebibytes",
  TBy: "terabytes",
  TiBy: "tibibytes",
  V: "volts",
  W: "watts",
  d: "days",
  g: "grams",
  h: "hours",
  m: "meters",
  min: "minutes",
  ms: "milliseconds",
  ns: "nanoseconds",
  s: "seconds",
  us: "microseconds",
};

const RATE_WORDS: Readonly<Record<string, string>> = {
  d: "day",
  h: "hour",
  m: "minute",
  mo: "month",
  s: "second",
  w: "week",
  y: "year",
};

/**
 * Returns what a unit adds to a metric's name: `s` is `seconds`, `By/s` is `bytes_per_second`. What stands in braces
 * says what is counted and adds nothing; 1 is a ratio, but of gauges only. A unit that is not known stays as it is.
 */
export function unitWord(unit: string, isGauge: boolean): string {
  if (unit === "1") return isGauge ? "ratio" : "";
  const [amount = "", per = ""] = unit
    .replaceAll(/\{[^}]*\}/g, "")
    .split("/")
    .map((part) => part.trim());
  const rate = wordIn(RATE_WORDS, per);
  return [wordIn(WORDS, amount), rate === "" ? "" : `per_${rate}`]
    .filter((word) => word !== "")
    .join("_");
}

/** A unit is any text, `constructor` too. */
function wordIn(words: Readonly<Record<string, string>>, unit: string): string {
  return Object.hasOwn(words, unit) ? words[unit]! : plainWord(unit);
}

function plainWord(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9]+/g, "_").replaceAll(/^_|_$/g, "");
}
