import { parseArgs } from "node:util";
import { gateNames, type GateName } from "@tta-dev/observability/collectors";
import { UsageError } from "../failure.ts";

export interface MaturityArguments {
  readonly config: string | undefined;
  /** Coverage report instead of those that components declare. */
  readonly coverage: string | undefined;
  /** URL or file of a metrics page. */
  readonly metrics: string | undefined;
  readonly state: string | undefined;
  /** The component that is to go one stage up. */
  readonly promote: string | undefined;
  /** The gates that are looked at. */
  readonly gates: readonly GateName[];
  readonly format: "text" | "json" | "markdown";
}

const options = {
  config: { type: "string", short: "c" },
  coverage: { type: "string" },
  metrics: { type: "string" },
  state: { type: "string" },
  promote: { type: "string" },
  gates: { type: "string" },
  json: { type: "boolean", default: false },
  markdown: { type: "boolean", default: false },
} as const;

/** @throws UsageError that names the option, its value and what was expected */
export function parseMaturityArguments(args: readonly string[]): MaturityArguments {
  const { config, coverage, metrics, state, promote, gates, json, markdown } = parse(args);
  if (json && markdown) throw new UsageError("--json and --markdown: expected one of them");
  if (promote !== undefined && markdown)
    throw new UsageError("--promote: expected without --markdown");
  if (promote !== undefined && gates !== undefined)
    throw new UsageError("--promote: expected without --gates, since a promotion takes every gate");
  return {
    config,
    coverage,
    metrics,
    state,
    promote,
    gates: gates === undefined ? gateNames : gatesFrom(gates),
    format: json ? "json" : markdown ? "markdown" : "text",
  };
}

function gatesFrom(list: string): readonly GateName[] {
  return list.split(",").map((text) => {
    const name = gateNames.find((one) => one === text.trim());
    if (name !== undefined) return name;
    throw new UsageError(`--gates: expected some of ${gateNames.join(",")}, got "${text.trim()}"`);
  });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    // Node's message goes on about how to pass such an argument after "--".
    throw new UsageError(error instanceof Error ? error.message.split(". ", 1)[0] : String(error));
  }
}
