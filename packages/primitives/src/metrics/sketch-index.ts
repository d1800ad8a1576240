/**
 * Scale of every sketch: 2^5 = 32 buckets to a power of two, so a bucket is 2.2 % wide and the value that stands
 * for it is at most 1.1 % off.
 */
export const SKETCH_SCALE = 5;

const BUCKETS_PER_OCTAVE = 2 ** SKETCH_SCALE;
const EXPONENT_BIAS = 1023;
const MANTISSA_BITS = 52;
/** Cells of the lookup table to an octave: narrow enough (1.6 %) that no cell holds two bucket edges. */
const CELL_BITS = 6;
const NO_EDGE = 2 ** 20;

/** Lowest bucket: it holds 2^-30 × 2^(1/32) and everything below. In seconds, a nanosecond. */
export const MIN_SKETCH_INDEX = -30 * BUCKETS_PER_OCTAVE;
/** Highest bucket: it holds everything above 2^30 ÷ 2^(1/32). In seconds, 34 years. */
export const MAX_SKETCH_INDEX = 30 * BUCKETS_PER_OCTAVE - 1;

// Scratch for reading the bits of a number. Holds nothing from one call to the next.
const asNumber = new Float64Array(1);
const asWords = new Uint32Array(asNumber.buffer);
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;
const LOW_WORD = 1 - HIGH_WORD;

/** For each cell: one less than the number of edges below the cell, and the mantissa of the edge inside it. */
const edgesBelow = new Int32Array(2 ** CELL_BITS);
const edgeHigh = new Int32Array(2 ** CELL_BITS).fill(NO_EDGE);
const edgeLow = new Uint32Array(2 ** CELL_BITS);
fillTable();

/**
 * Returns the bucket of OpenTelemetry's base-2 exponential histogram that holds a value: bucket i is
 * (base^i, base^(i+1)], base = 2^(1/32).
 *
 * Exact for every double: the table gives the only edge that can matter, and one comparison of mantissas decides.
 * Values beyond the range are put into its first or last bucket, which bounds the memory of a sketch.
 *
 * @param value A finite number above 0; anything else gives a meaningless bucket.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export function sketchIndex(value: number): number {
  asNumber[0] = value;
  const high = asWords[HIGH_WORD]!;
  const mantissaHigh = high & (NO_EDGE - 1);
  const cell = mantissaHigh >>> (20 - CELL_BITS);
  const edge = edgeHigh[cell]!;
  // The sign of the difference instead of a condition: which side it is cannot be predicted by the processor.
  let isAbove = (edge - mantissaHigh) >>> 31;
  if (mantissaHigh === edge && asWords[LOW_WORD]! > edgeLow[cell]!) isAbove = 1;
  const octave = (high >>> 20) - EXPONENT_BIAS;
  const index = octave * BUCKETS_PER_OCTAVE + edgesBelow[cell]! + isAbove;
  if (index < MIN_SKETCH_INDEX) return MIN_SKETCH_INDEX;
  return index > MAX_SKETCH_INDEX ? MAX_SKETCH_INDEX : index;
}

/**
 * Returns the lower edge of a bucket; the upper edge of i is the lower edge of i + 1.
 *
 * @param scale Of the sketch: one that was made elsewhere may be coarser.
 */
export function sketchEdge(index: number, scale: number = SKETCH_SCALE): number {
  return 2 ** (index / 2 ** scale);
}

function fillTable(): void {
  let step = 0;
  for (let cell = 0; cell < edgesBelow.length; cell++) {
    edgesBelow[cell] = step - 1;
    const mantissa = step < BUCKETS_PER_OCTAVE ? edgeMantissa(step) : undefined;
    if (mantissa === undefined || Number(mantissa >> BigInt(MANTISSA_BITS - CELL_BITS)) !== cell)
      continue;
    edgeHigh[cell] = Number(mantissa >> 32n);
    edgeLow[cell] = Number(mantissa & 0xffff_ffffn);
    step++;
  }
}

/**
 * The mantissa of the largest double that is not above 2^(step/32), found in integers. `Math.pow` alone may be one
 * unit off, and a value that equals the edge would then land on the wrong side.
 */
function edgeMantissa(step: number): bigint {
  const root = BigInt(BUCKETS_PER_OCTAVE);
  const target = 1n << (BigInt(step) + BigInt(MANTISSA_BITS) * root);
  let candidate = BigInt(2 ** (step / BUCKETS_PER_OCTAVE) * 2 ** MANTISSA_BITS);
  while (candidate ** root > target) candidate--;
  while ((candidate + 1n) ** root <= target) candidate++;
  return candidate - (1n << BigInt(MANTISSA_BITS));
}
