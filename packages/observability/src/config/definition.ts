import type { EnvironmentReader } from "./environment.ts";
import type { Kind } from "./kind.ts";
import type { Setting } from "./setting.ts";
import { byDefault, fromOption } from "./setting.ts";

/** A place in the environment where a value may stand, when it is not simply the text of a variable. */
export interface VariableSource<T> {
  /** Name of the variable. */
  readonly variable: string;
  readonly read: (environment: EnvironmentReader) => Setting<T> | undefined;
}

/** One setting: what it may be and where it comes from. The doc comment of its option says what it means. */
export interface Definition<T> {
  /** Name of the option, `prometheus.port` for a nested one. */
  readonly option: string;
  readonly kind: Kind<T>;
  /** The strongest first: an option wins over all of them. */
  readonly variables: readonly (string | VariableSource<T>)[];
}

/** A setting that has the same value everywhere unless somebody says otherwise. */
export interface DefinitionWithDefault<T> extends Definition<T> {
  readonly fallback: T;
}

/** Finds the value that was given in code or in the environment. */
export type Given = <T>(definition: Definition<T>) => Setting<T> | undefined;

/**
 * Makes the function that looks for values.
 *
 * @param options What the caller gave, of the right shape: nested objects are objects.
 */
export function givenIn(options: object, environment: EnvironmentReader): Given {
  return ({ option, kind, variables }) => {
    const value = option
      .split(".")
      .reduce<unknown>(
        (inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key],
        options,
      );
    const chosen = fromOption(option, value, kind);
    if (chosen !== undefined) return chosen;
    for (const variable of variables) {
      const found =
        typeof variable === "string"
          ? environment.setting(variable, kind)
          : variable.read(environment);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** As given, else the default. */
export function orDefault<T>(given: Given, definition: DefinitionWithDefault<T>): Setting<T> {
  return given(definition) ?? byDefault(definition.fallback);
}
