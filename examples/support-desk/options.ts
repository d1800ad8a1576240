import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  anyFile,
  existingFile,
  httpUrl,
  numberAboveZero,
  oneOf,
  wholeNumber,
} from "./option-values.ts";
import type { ValueKind } from "./option-values.ts";

/** How the demo is to run. */
export interface DemoOptions {
  /** How many requests of the trace are run. @default 400 */
  readonly requests: number;
  /** How many times faster than the trace arrivals come and the model answers. @default 4 */
  readonly speed: number;
  /** How many requests are worked on at a time; further ones queue. @default 32 */
  readonly concurrency: number;
  /** What is left to chance depends on it. @default 1 */
  readonly seed: number;
  /** Where /metrics is served; 0 for a free port. @default 9464 */
  readonly port: number;
  /** Exit when the requests are done. @default false: go on serving /metrics until Ctrl-C */
  readonly once: boolean;
  /** Print the summary as JSON on standard output, and nothing else. @default false */
  readonly json: boolean;
  /** Base URL that traces, metrics and logs are sent to over OTLP/HTTP. @default undefined: they are sent nowhere */
  readonly otlp: string | undefined;
  /** File in which it is kept what the agents did, from one run to the next. @default .tta/components.json beside this file */
  readonly state: string;
  /** Least level of the log lines that are shown. @default undefined: none is */
  readonly logs: (typeof logLevels)[number] | undefined;
  /** A trace file to run instead of the excerpt that comes with the demo. @default undefined */
  readonly trace: string | undefined;
}

/** What a command line asks for. */
export type ParsedOptions =
  | { readonly kind: "run"; readonly options: DemoOptions }
  | { readonly kind: "help" }
  /** One line that names the option, the value and what was expected. */
  | { readonly kind: "invalid"; readonly problem: string };

export const defaultOptions: DemoOptions = {
  requests: 400,
  speed: 4,
  concurrency: 32,
  seed: 1,
  port: 9464,
  once: false,
  json: false,
  otlp: undefined,
  state: join(import.meta.dirname, ".tta/components.json"),
  logs: undefined,
  trace: undefined,
};

const logLevels = ["debug", "info", "warn", "error"] as const;

const valueOptions: Readonly<Record<string, ValueKind<string | number>>> = {
  requests: wholeNumber(1, 1_000_000),
  speed: numberAboveZero(10_000),
  concurrency: wholeNumber(1, 10_000),
  seed: wholeNumber(0, 4_294_967_295),
  port: wholeNumber(0, 65_535),
  otlp: httpUrl,
  state: anyFile,
  logs: oneOf(logLevels),
  trace: existingFile,
};
const switches: readonly string[] = ["once", "json", "help"];

/** Parses the demo's command line (without the program's name). Never throws and never exits. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  const parsed: Record<string, string | number | boolean> = {};
  for (const token of tokenize(args)) {
    if (token.kind === "positional") {
      return invalid(`${quote(token.value)}: expected an option; --help lists them`);
    }
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const kind = Object.hasOwn(valueOptions, name) ? valueOptions[name] : undefined;
    if (kind !== undefined) {
      const problem = readValue(parsed, { name, value, kind });
      if (problem !== undefined) return invalid(problem);
    } else if (!switches.includes(name)) {
      return invalid(`${rawName}: there is no such option; --help lists them`);
    } else if (value !== undefined) {
      return invalid(`${rawName} ${quote(value)}: expected no value`);
    } else if (name === "help") {
      return { kind: "help" };
    } else {
      parsed[name] = true;
    }
  }
  return { kind: "run", options: { ...defaultOptions, ...parsed } };
}

// Not strict: parseArgs' own errors run over several lines and do not say what was expected.
function tokenize(args: readonly string[]) {
  const options = Object.fromEntries([
    ...Object.keys(valueOptions).map((name) => [name, { type: "string" as const }]),
    ...switches.map((name) => [
      name,
      { type: "boolean" as const, ...(name === "help" ? { short: "h" } : {}) },
    ]),
  ]);
  return parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function readValue(
  parsed: Record<string, string | number | boolean>,
  option: {
    readonly name: string;
    readonly value: string | undefined;
    readonly kind: ValueKind<string | number>;
  },
): string | undefined {
  const { name, value, kind } = option;
  if (value === undefined || value.startsWith("--")) {
    return `--${name}: it has no value; expected ${kind.expected}`;
  }
  const read = kind.parse(value);
  if (read === undefined) return `--${name} ${quote(value)}: expected ${kind.expected}`;
  parsed[name] = read;
  return undefined;
}

function invalid(problem: string): ParsedOptions {
  return { kind: "invalid", problem };
}

/** Quotes a value so that it stays on one line whatever is in it. */
function quote(value: string): string {
  return JSON.stringify(value);
}
