import type { Kind } from "./kind.ts";

/** A value of the configuration, and who said so. */
export interface Setting<T> {
  readonly value: T;
  /** `"option"`, the name of an environment variable, or `"default"` (with the reason in brackets where it depends on something). */
  readonly source: string;
}

/**
 * Takes a value that was given in code. Undefined where none was given.
 *
 * @throws TypeError where the value has the wrong type, RangeError where it lies outside the allowed range.
 */
export function fromOption<T>(name: string, value: unknown, kind: Kind<T>): Setting<T> | undefined {
  if (value === undefined) return undefined;
  const message = (): string =>
    `initializeObservability: ${name} is ${kind.show(value)}; expected ${kind.expected}`;
  if (!kind.is(value)) throw new TypeError(message());
  if (!kind.fits(value)) throw new RangeError(message());
  return { value, source: "option" };
}

/** What holds where neither code nor environment says anything. */
export function byDefault<T>(value: T, reason?: string): Setting<T> {
  return { value, source: reason === undefined ? "default" : `default (${reason})` };
}
