import type { VariableSource } from "./definition.ts";
import type { Report } from "../problem.ts";

const VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";

/**
 * Reads OTEL_RESOURCE_ATTRIBUTES: `key=value` pairs with commas between them, percent-encoded.
 * One wrong pair makes the whole variable void (OpenTelemetry, "Resource SDK").
 */
export function readResourceAttributes(
  read: (variable: string) => string | undefined,
  report: Report,
): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const pairs = read(VARIABLE)?.split(",") ?? [];
  for (const pair of pairs) {
    if (pair.trim() === "") continue;
    const parsed = parsePair(pair);
    if (parsed === undefined) {
      report({
        code: "environment_variable",
        message: `${VARIABLE} is ignored: ${JSON.stringify(pair)} is not a percent-encoded key=value`,
        subject: VARIABLE,
      });
      return new Map();
    }
    attributes.set(...parsed);
  }
  return attributes;
}

function parsePair(pair: string): [key: string, value: string] | undefined {
  const [key, value, ...more] = pair.split("=").map((part) => decode(part.trim()));
  if (key === undefined || key === "" || value === undefined || more.length > 0) return undefined;
  return [key, value];
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** One attribute of OTEL_RESOURCE_ATTRIBUTES as the source of a setting. */
export function resourceAttribute(name: string): VariableSource<string> {
  return {
    variable: VARIABLE,
    read({ resourceAttributes }) {
      const value = resourceAttributes.get(name);
      return value === undefined || value === "" ? undefined : { value, source: VARIABLE };
    },
  };
}
