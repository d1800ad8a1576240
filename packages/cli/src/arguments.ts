import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./failure.ts";

/** What every command that reads a project takes. */
const projectOptions = {
  config: { type: "string", short: "c" },
  json: { type: "boolean", default: false },
  timeout: { type: "string" },
  "retry-after": { type: "string" },
} as const satisfies ParseArgsConfig["options"];

export interface ProjectArguments {
  readonly names: readonly string[];
  readonly config: string | undefined;
  readonly json: boolean;
  /** Milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Milliseconds. */
  readonly retryAfterMs: number | undefined;
}

export interface Expected {
  /** Names that may stand behind the options. */
  readonly names: 0 | 1;
  /** True where `--timeout` and `--retry-after` mean something. */
  readonly limits?: boolean;
}

/** @throws UsageError that names the option, its value and what was expected */
export function parseProjectArguments(
  args: readonly string[],
  { names, limits = false }: Expected,
): ProjectArguments {
  const { values, positionals } = parse(args);
  if (positionals.length > names)
    throw new UsageError(`unexpected argument "${positionals[names]}"`);
  for (const option of ["timeout", "retry-after"] as const)
    if (!limits && values[option] !== undefined)
      throw new UsageError(`Unknown option '--${option}'`);
  return {
    names: positionals,
    config: values.config,
    json: values.json,
    timeoutMs: milliseconds("--timeout", values.timeout),
    retryAfterMs: milliseconds("--retry-after", values["retry-after"]),
  };
}

function milliseconds(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = Number(value);
  if (value.trim() !== "" && Number.isFinite(ms) && ms > 0) return ms;
  throw new UsageError(`${option}: expected milliseconds above 0, got "${value}"`);
}

interface Parsed {
  readonly values: {
    readonly config?: string | undefined;
    readonly json: boolean;
    readonly timeout?: string | undefined;
    readonly "retry-after"?: string | undefined;
  };
  readonly positionals: readonly string[];
}

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      options: projectOptions,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    // Node's message goes on about how to pass such an argument after "--".
    throw new UsageError(error instanceof Error ? error.message.split(". ", 1)[0] : String(error));
  }
}
