import type { Report } from "../problem.ts";
import type { Kind } from "./kind.ts";
import { readResourceAttributes } from "./resource-attributes.ts";
import type { Setting } from "./setting.ts";

/** The environment that is read; `process.env` outside tests. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads environment variables; an empty one counts as unset (OpenTelemetry, "Environment Variable Specification"). */
export interface EnvironmentReader {
  readonly text: (name: string) => string | undefined;
  /** Undefined where the variable is unset; also where its text is wrong, which is reported. */
  readonly setting: <T>(name: string, kind: Kind<T>) => Setting<T> | undefined;
  /** From OTEL_RESOURCE_ATTRIBUTES. */
  readonly resourceAttributes: ReadonlyMap<string, string>;
}

/** Makes a reader over `environment`. */
export function readEnvironment(environment: Environment, report: Report): EnvironmentReader {
  const text = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === "" ? undefined : value;
  };
  return {
    text,
    resourceAttributes: readResourceAttributes(text, report),
    setting(name, kind) {
      const found = text(name);
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
