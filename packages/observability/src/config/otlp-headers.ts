import { parseKeyPairsIntoRecord } from "@opentelemetry/core";
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Report } from "../problem.ts";
import type { EnvironmentReader } from "./environment.ts";
import { isRecord } from "./kind.ts";
import type { Setting } from "./setting.ts";
import { byDefault } from "./setting.ts";

/** Headers for a collector, secrets included, and what may be shown of them. */
export interface OtlpHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly names: Setting<readonly string[]>;
}

/**
 * Merges the headers of all sources, name by name: the option wins over the variable of the signal, that over the
 * general one.
 *
 * @param variables The particular one first.
 * @throws TypeError for an option that cannot be sent.
 */
export function resolveHeaders(
  option: unknown,
  variables: readonly string[],
  { environment, report }: { readonly environment: EnvironmentReader; readonly report: Report },
): OtlpHeaders {
  const given = headersFromOption(option);
  const found = variables
    .map((name) => ({ name, headers: headersFromVariable(name, environment, report) }))
    .filter(({ headers }) => Object.keys(headers).length > 0);
  const sources = [
    ...(Object.keys(given).length > 0 ? ["option"] : []),
    ...found.map(({ name }) => name),
  ];
  const headers = Object.assign(
    {},
    ...found.map((one) => one.headers).toReversed(),
    given,
  ) as Record<string, string>;
  return {
    headers,
    names:
      sources.length > 0
        ? { value: Object.keys(headers), source: sources.join(", ") }
        : byDefault([]),
  };
}

function headersFromOption(headers: unknown): Readonly<Record<string, string>> {
  if (headers === undefined) return {};
  if (!isRecord(headers)) {
    throw new TypeError(
      "initializeObservability: otlpHeaders is not an object; expected header names with their values",
    );
  }
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // The value may be a secret: the message names the header alone.
    if (typeof value !== "string" || !isHeader(name, value)) {
      throw new TypeError(
        `initializeObservability: otlpHeaders[${JSON.stringify(name)}] cannot be sent; expected an HTTP header name and a string without control characters`,
      );
    }
    checked[name] = value;
  }
  return checked;
}

function headersFromVariable(
  name: string,
  environment: EnvironmentReader,
  report: Report,
): Readonly<Record<string, string>> {
  const pairs =
    environment
      .text(name)
      ?.split(",")
      .filter((pair) => pair.trim() !== "") ?? [];
  const parsed = Object.entries(parseKeyPairsIntoRecord(pairs.join(","))).filter(([key, value]) =>
    isHeader(key, value),
  );
  if (parsed.length < pairs.length) {
    report({
      code: "environment_variable",
      message: `${name}: ${pairs.length - parsed.length} of ${pairs.length} headers are ignored; expected name=value with commas between them, percent-encoded`,
      subject: name,
    });
  }
  return Object.fromEntries(parsed);
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
