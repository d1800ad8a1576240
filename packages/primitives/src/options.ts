/** A number option in milliseconds, a count or a ratio: what it must be, and how to say so. */
export interface NumberRule {
  readonly min: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** True where the minimum itself is not allowed. */
  readonly above?: boolean;
}

/** A finite duration of at least 0 ms. */
export const DURATION: NumberRule = { min: 0 };
/** A duration above 0 ms. */
export const POSITIVE_DURATION: NumberRule = { min: 0, above: true };
/** A whole number of at least 1. */
export const COUNT: NumberRule = { min: 1, integer: true };

/**
 * Checks a number option when a primitive is built.
 *
 * @throws TypeError when it is no number, RangeError when it is out of range; both name option, value and expectation
 */
export function checkNumber(value: unknown, option: string, rule: NumberRule): number {
  if (typeof value !== "number" || Number.isNaN(value))
    throw new TypeError(`${option}: expected ${describeRule(rule)}, got ${describe(value)}`);
  const { min, max = Number.MAX_SAFE_INTEGER, integer = false, above = false } = rule;
  if (
    value < min ||
    (above && value === min) ||
    value > max ||
    (integer && !Number.isInteger(value))
  )
    throw new RangeError(`${option}: expected ${describeRule(rule)}, got ${value}`);
  return value;
}

/** As `checkNumber`, where the option may be absent. */
export function checkOptionalNumber(
  value: unknown,
  option: string,
  rule: NumberRule,
): number | undefined {
  return value === undefined ? undefined : checkNumber(value, option, rule);
}

/** @throws TypeError when the option is neither a function nor absent */
export function checkFunction(value: unknown, option: string, isOptional = false): void {
  if (typeof value === "function" || (isOptional && value === undefined)) return;
  throw new TypeError(`${option}: expected a function, got ${describe(value)}`);
}

/** @throws TypeError when the option is neither true nor false nor absent */
export function checkOptionalBoolean(value: unknown, option: string): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new TypeError(`${option}: expected true or false, got ${describe(value)}`);
}

/** @throws TypeError when the options are no object */
export function checkOptions(options: unknown, primitive: string): void {
  if (options === null || typeof options !== "object")
    throw new TypeError(`${primitive}: expected an options object, got ${describe(options)}`);
}

/** @throws RangeError when the value is none of those allowed */
export function checkOneOf(value: unknown, option: string, allowed: readonly string[]): void {
  if (typeof value === "string" && allowed.includes(value)) return;
  throw new RangeError(
    `${option}: expected one of ${allowed.map((one) => `"${one}"`).join(", ")}, got ${describe(value)}`,
  );
}

export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (
    value === null ||
    typeof value === "number" ||
    typeof value === "boolean" ||
    value === undefined
  )
    return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

function describeRule({ min, max, integer, above }: NumberRule): string {
  const kind = integer === true ? "a whole number" : "a finite number";
  const low = above === true ? `above ${min}` : `of at least ${min}`;
  return max === undefined ? `${kind} ${low}` : `${kind} ${low} and at most ${max}`;
}
