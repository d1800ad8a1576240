import type { Report } from "../problem.ts";
import type { Kind } from "./kind.ts";

/** A value of the configuration, and who said so. */
export interface Setting<T> {
  readonly value: T;
  /** `"option"`, the name of an environment variable, or `"default"` (with the reason in brackets where it depends on something). */
  readonly source: string;
}

/** The environment that is read; `process.env` outside tests. */
export type Environment = Readonly<Record<string, string | undefined>>;

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

/** Reads environment variables; an empty one counts as unset (OpenTelemetry, "Environment Variable Specification"). */
export interface VariableReader {
  readonly text: (name: string) => string | undefined;
  /** Undefined where the variable is unset; also where its text is wrong, which is reported. */
  readonly setting: <T>(name: string, kind: Kind<T>) => Setting<T> | undefined;
}

/** Makes a reader over `environment`. */
export function variableReader(environment: Environment, report: Report): VariableReader {
  const read = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === "" ? undefined : value;
  };
  return {
    text: read,
    setting(name, kind) {
      const found = read(name);
      if (found === undefined) return undefined;
      const value = kind.parse(found);
      if (value !== undefined && kind.fits(value)) return { value, source: name };
      report({
        code: "environment_variable",
        message: `${name} is ${kind.show(found)}, which is ignored; expected ${kind.expected}`,
        subject: name,
      });
      return undefined;
    },
  };
}

/** What holds where neither code nor environment says anything. */
export function byDefault<T>(value: T, reason?: string): Setting<T> {
  return { value, source: reason === undefined ? "default" : `default (${reason})` };
}
