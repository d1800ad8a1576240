import type { Report } from "../problem.ts";

export const RESOURCE_VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";

/**
 * Reads OTEL_RESOURCE_ATTRIBUTES: `key=value` pairs with commas between them, percent-encoded.
 * One wrong pair makes the whole variable void (OpenTelemetry, "Resource SDK").
 */
export function readResourceAttributes(
  read: (variable: string) => string | undefined,
  report: Report,
): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const pairs = read(RESOURCE_VARIABLE)?.split(",") ?? [];
  for (const [index, pair] of pairs.entries()) {
    if (pair.trim() === "") continue;
    const parsed = parsePair(pair);
    if (parsed === undefined) {
      report({
        code: "environment_variable",
        // Its value may be a secret, and so may be all of it.
        message: `${RESOURCE_VARIABLE} is ignored: part ${index + 1} of ${pairs.length} is not a percent-encoded key=value`,
        subject: RESOURCE_VARIABLE,
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
