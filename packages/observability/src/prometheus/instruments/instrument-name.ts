import { unitWord } from "./unit-word.ts";

/**
 * Returns the name of an instrument's family by OpenTelemetry's rule: what Prometheus does not allow becomes an
 * underscore, the unit comes last unless it stands there already (in capitals or not), and a counter's `_total`, which
 * its samples end in, is taken away.
 *
 * @throws {TypeError} where nothing is left of the name.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
export function instrumentName(
  { name, unit }: { readonly name: string; readonly unit: string },
  type: "counter" | "gauge" | "histogram",
  isGauge: boolean,
): { readonly name: string; readonly unit?: string } {
  const words = name.replaceAll(/[^a-zA-Z0-9]+/g, "_").replace(/_$/, "");
  if (words === "") throw new TypeError("its name has no letter or digit that Prometheus allows");
  const plain = /^\d/.test(words) ? `_${words}` : words;
  const base = type === "counter" ? plain.replace(/_total$/, "") : plain;
  const word = unitWord(unit, isGauge);
  if (word === "") return { name: base };
  const isThere = `_${base}`.toLowerCase().endsWith(`_${word.toLowerCase()}`);
  const full = isThere ? base : `${base}_${word}`;
  // OpenMetrics wants the unit after an underscore, spelt as in the name.
  return full.length > word.length
    ? { name: full, unit: full.slice(-word.length) }
    : { name: full };
}
