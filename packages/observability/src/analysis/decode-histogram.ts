import type { HistogramData } from "@tta-dev/primitives";
import type { JsonReader } from "./json-reader.ts";

/** The scale at which everything is recorded; a coarser one comes from other programs. */
const FINEST_SCALE = 5;
/** A sketch covers 2^-30 to 2^30. More would be memory that a wrong number takes. */
const OCTAVES = 30;

/**
 * Reads a histogram and checks that its parts agree: a sketch that lacks values would give wrong percentiles.
 *
 * @throws TypeError or RangeError
 */
export function decodeHistogram(row: JsonReader, buckets: number): HistogramData {
  const count = row.field("count").whole(0);
  const zeroCount = row.field("zeroCount").whole(0);
  const bucketCounts = row.field("bucketCounts").counts();
  if (bucketCounts.length !== buckets)
    throw row.field("bucketCounts").refuse(`${buckets} counts, one more than bounds`);
  if (total(bucketCounts) !== count)
    throw row.field("bucketCounts").refuse(`counts that add up to ${count}`);
  const sketch = decodeSketch(row.field("sketch"));
  if (zeroCount + total(sketch.counts) !== count)
    throw row
      .field("sketch")
      .field("counts")
      .refuse(`counts that add up to ${count - zeroCount}`);
  return {
    count,
    sum: row.field("sum").number(),
    ...extremesIn(row, count),
    zeroCount,
    bucketCounts,
    sketch,
  };
}

function decodeSketch(reader: JsonReader): HistogramData["sketch"] {
  const scale = reader.field("scale").whole(0, FINEST_SCALE);
  const end = OCTAVES * 2 ** scale;
  const offset = reader.field("offset").whole(-end, end - 1);
  const counts = reader.field("counts").counts();
  if (offset + counts.length > end)
    throw reader.field("counts").refuse(`buckets below ${end}, from ${offset} on`);
  return { scale, offset, counts };
}

function extremesIn(row: JsonReader, count: number): Pick<HistogramData, "min" | "max"> {
  if (count === 0) return { min: undefined, max: undefined };
  const min = row.field("min").number();
  const max = row.field("max").number();
  if (min < 0) throw row.field("min").refuse("a number of at least 0");
  if (max < min) throw row.field("max").refuse(`a number of at least ${min}`);
  return { min, max };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
