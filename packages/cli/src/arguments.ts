import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./failure.ts";

/** What every command that reads a project takes. */
const projectOptions = {
  config: { type: "string", short: "c" },
  json: { type: "boolean", default: false },
} as const satisfies ParseArgsConfig["options"];

export interface ProjectArguments {
  readonly names: readonly string[];
  readonly config: string | undefined;
  readonly json: boolean;
}

/** @throws UsageError that names the option */
export function parseProjectArguments(
  args: readonly string[],
  expected: { readonly names: 0 | 1 },
): ProjectArguments {
  const { values, positionals } = parse(args);
  if (positionals.length > expected.names)
    throw new UsageError(`unexpected argument "${positionals[expected.names]}"`);
  return { names: positionals, config: values.config, json: values.json };
}

function parse(args: readonly string[]): {
  readonly values: { readonly config?: string | undefined; readonly json: boolean };
  readonly positionals: readonly string[];
} {
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
