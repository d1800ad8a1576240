import type { Exemplar, Family, HistogramFamily, NumberFamily, SampleFamily } from "./family.ts";
import type { ExpositionFormat } from "./format.ts";
import { escapeHelp, formatBound, formatNanoUsd, formatNumber } from "./text.ts";

/**
 * Writes a family.
 *
 * @throws {RangeError} where its numbers contradict each other.
 */
export function writeFamily(family: Family, format: ExpositionFormat): string {
  if (family.type === "histogram") return writeHistogram(family, format);
  return family.type === "samples" ? writeSamples(family, format) : writeNumbers(family, format);
}

/** What a type that only OpenMetrics has is in the text format. */
const TEXT_TYPES: Readonly<Record<string, string>> = { info: "gauge", unknown: "untyped" };
const SUFFIXES = { counter: "_total", info: "_info", gauge: "" } as const;

/** Writes what comes before the samples, about the metric that is called `name` in this format. */
function writeHead(
  { help, unit }: Family,
  { name, type }: { readonly name: string; readonly type: string },
  format: ExpositionFormat,
): string {
  const isOpenMetrics = format === "openmetrics";
  return [
    help === "" ? "" : `# HELP ${name} ${escapeHelp(help, format)}\n`,
    `# TYPE ${name} ${isOpenMetrics ? type : (TEXT_TYPES[type] ?? type)}\n`,
    isOpenMetrics && unit !== undefined ? `# UNIT ${name} ${unit}\n` : "",
  ].join("");
}

function writeNumbers(family: NumberFamily, format: ExpositionFormat): string {
  const { type } = family;
  const name = family.name + SUFFIXES[type];
  const shown = format === "openmetrics" ? family.name : name;
  let text = writeHead(family, { name: shown, type }, format);
  for (const { labels, value, nanoUsd, exemplar } of family.points) {
    const number = nanoUsd === undefined ? formatNumber(value) : formatNanoUsd(nanoUsd);
    text += `${name}${braced(labels)} ${number}${writeExemplar(exemplar, format)}\n`;
  }
  return text;
}

function writeHistogram(family: HistogramFamily, format: ExpositionFormat): string {
  const { name, bounds } = family;
  // What recurs on every line is joined rather than added: that makes it flat, and the page is flattened a third faster.
  const ends = [...bounds.map(formatBound), "+Inf"].map((bound) => ['le="', bound, '"} '].join(""));
  let text = writeHead(family, family, format);
  for (const { labels, bucketCounts, sum, count, exemplars } of family.points) {
    const bucket = [name, "_bucket{", labels, labels === "" ? "" : ","].join("");
    let below = 0;
    for (let index = 0; index < ends.length; index++) {
      below += bucketCounts[index] ?? 0;
      const exemplar = exemplars === undefined ? "" : writeExemplar(exemplars[index], format);
      text += `${bucket}${ends[index]}${below}${exemplar}\n`;
    }
    if (below !== count || bucketCounts.length !== ends.length)
      throw new RangeError(
        `${ends.length} buckets hold ${below} values, and its count is ${count}`,
      );
    if (sum !== undefined) text += `${name}_sum${braced(labels)} ${formatNumber(sum)}\n`;
    text += `${name}_count${braced(labels)} ${count}\n`;
  }
  return text;
}

/** OpenMetrics has a counter's type under the name without `_total`; one whose samples end otherwise is none there. */
function writeSamples(family: SampleFamily, format: ExpositionFormat): string {
  const { name, of, samples } = family;
  const isOpenMetrics = format === "openmetrics";
  const isTotal = of === "counter" && samples.every((sample) => sample.name === `${name}_total`);
  const head = {
    name: isTotal && !isOpenMetrics ? `${name}_total` : name,
    type: of === "counter" && !isTotal && isOpenMetrics ? "unknown" : of,
  };
  let text = writeHead(family, head, format);
  for (const { name: sample, labels, value, atMs } of samples) {
    const at = atMs === undefined ? "" : ` ${isOpenMetrics ? atMs / 1000 : atMs}`;
    text += `${sample}${braced(labels)} ${formatNumber(value)}${at}\n`;
  }
  return text;
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

/** Both ids together have 63 of the 128 characters that OpenMetrics allows. */
function writeExemplar(exemplar: Exemplar | undefined, format: ExpositionFormat): string {
  if (exemplar === undefined || format === "text") return "";
  const { traceId, spanId, value, atMs } = exemplar;
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${formatNumber(value)} ${(atMs / 1000).toFixed(3)}`;
}
