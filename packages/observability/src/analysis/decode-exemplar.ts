import type { HistogramSeries, NumberSeries } from "@tta-dev/primitives";
import type { JsonReader } from "./json-reader.ts";
import type { Exemplar } from "./latest-exemplar.ts";

/** Reads the exemplar of a counter's series, where it has one. @throws TypeError or RangeError */
export function decodeExemplar(row: JsonReader): Pick<NumberSeries, "exemplar"> {
  const given = row.field("exemplar");
  return given.value === undefined ? {} : { exemplar: exemplarIn(given) };
}

/** Reads the exemplars of a histogram's series, where it has any. @throws TypeError or RangeError */
export function decodeExemplars(
  row: JsonReader,
  buckets: number,
): Pick<HistogramSeries, "exemplars"> {
  const given = row.field("exemplars");
  if (given.value === undefined) return {};
  const items = given.items();
  if (items.length !== buckets) throw given.refuse(`one or null for each of ${buckets} buckets`);
  return { exemplars: items.map((item) => (item.value === null ? undefined : exemplarIn(item))) };
}

function exemplarIn(reader: JsonReader): Exemplar {
  const value = reader.field("value").number();
  if (value < 0) throw reader.field("value").refuse("a number of at least 0");
  return {
    traceId: hexIn(reader.field("traceId"), 32),
    spanId: hexIn(reader.field("spanId"), 16),
    value,
    atMs: reader.field("atMs").number(),
  };
}

function hexIn(reader: JsonReader, digits: number): string {
  const text = reader.text();
  if (text.length === digits && /^[0-9a-f]+$/.test(text)) return text;
  throw reader.refuse(`${digits} hex digits`);
}
