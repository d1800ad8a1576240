/**
 * A probability as OpenTelemetry's consistent sampling has it: the part of all traces that is rejected, in 56 bits.
 *
 * A trace is kept where its randomness, the last 56 bits of its id, is not below the threshold. So every process that
 * keeps at least as large a share keeps the same traces, and who reads a span knows how many it stands for.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
export interface Threshold {
  /** As 14 hex digits: in lower case they compare like the numbers they are. */
  readonly hex: string;
  /** As it stands in `tracestate`, behind `th:`. */
  readonly encoded: string;
  /** Share of the traces that is kept, above 0 and at most 1. */
  readonly probability: number;
  /** How many traces each kept one stands for: 1 ÷ `probability`. */
  readonly adjustedCount: number;
}

const DIGITS = 14;
const LIMIT = 1n << 56n;
const LIMIT_AS_NUMBER = 2 ** 56;
/** Digits behind the leading `f`s; the specification recommends as many, so that SDKs with one rate decide alike. */
const PRECISION = 4;
const ENCODED = /^[0-9a-f]{1,14}$/i;
const RANDOMNESS = /^[0-9a-f]{14}$/i;

/** Keeps every trace. */
export const EVERYTHING: Threshold = fromInteger(0n);

/**
 * Returns the threshold that keeps a share of the traces; undefined where it would keep none (below 2^-56).
 *
 * @param probability From 0 to 1.
 */
export function thresholdOf(probability: number): Threshold | undefined {
  // Exact: a power of two moves the point of a double, and nothing else.
  const kept = BigInt(Math.round(Math.min(1, probability) * LIMIT_AS_NUMBER));
  if (kept <= 0n) return undefined;
  const exact = LIMIT - kept;
  const leading = /^f*/.exec(digitsOf(exact))?.[0].length ?? 0;
  const unit = 1n << BigInt(4 * Math.max(0, DIGITS - leading - PRECISION));
  const rounded = ((exact + unit / 2n) / unit) * unit;
  return fromInteger(rounded < LIMIT ? rounded : exact);
}

/** Reads what stands behind `th:`; undefined where that is no threshold. */
export function parseThreshold(encoded: string): Threshold | undefined {
  return ENCODED.test(encoded)
    ? fromInteger(BigInt(`0x${encoded.padEnd(DIGITS, "0")}`))
    : undefined;
}

/**
 * Returns the threshold of two decisions in a row, each of which keeps its share of what reaches it.
 *
 * It is never below either of them, so a trace that passes it has passed both.
 */
export function inARow(first: Threshold, second: Threshold): Threshold | undefined {
  if (first.hex === EVERYTHING.hex) return second;
  if (second.hex === EVERYTHING.hex) return first;
  const both = thresholdOf(first.probability * second.probability);
  return both && [first, second].reduce((high, one) => (one.hex > high.hex ? one : high), both);
}

/** The randomness of a trace: the last 14 digits of its id. */
export function randomnessOf(traceId: string): string {
  return traceId.slice(-DIGITS).toLowerCase();
}

/** Reads what stands behind `rv:`, a randomness that takes the place of the id's; undefined where that is none. */
export function parseRandomness(text: string): string | undefined {
  return RANDOMNESS.test(text) ? text.toLowerCase() : undefined;
}

function fromInteger(threshold: bigint): Threshold {
  const hex = digitsOf(threshold);
  return {
    hex,
    encoded: hex.replace(/0+$/, "") || "0",
    probability: Number(LIMIT - threshold) / LIMIT_AS_NUMBER,
    adjustedCount: LIMIT_AS_NUMBER / Number(LIMIT - threshold),
  };
}

function digitsOf(threshold: bigint): string {
  return threshold.toString(16).padStart(DIGITS, "0");
}
