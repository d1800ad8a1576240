import { dirname, resolve } from "node:path";
import type { ComponentEvaluation } from "@tta-dev/observability/collectors";
import type { Command, Invocation } from "../command.ts";
import { UsageError } from "../failure.ts";
import { loadConfig } from "../load-config.ts";
import type { Maturity } from "../maturity/evaluate-project.ts";
import type { MaturityArguments } from "../maturity/maturity-arguments.ts";

export const maturity: Command = {
  name: "maturity",
  summary: "Say how mature the project's components are, and what they lack",
  help: `tta maturity [--promote NAME] [--metrics URL|FILE] [--state FILE]
             [--coverage FILE] [--gates LIST] [--config FILE]
             [--json | --markdown]

Holds the components of tta.config.ts against the gates of their stage and of
the next. Executions, error rate, days and SLOs come from .tta/components.json,
which a program with these components writes, or from a metrics page.

      --promote NAME       say whether NAME may go up, and what to change
      --metrics URL|FILE   executions, errors and SLOs from a metrics page
      --state FILE         another file than .tta/components.json
      --coverage FILE      another coverage report than the components declare
      --gates LIST         look at these gates alone, such as coverage,docs
  -c, --config FILE        another file than tta.config.ts
      --json               { source, components } as data
      --markdown           a table, for a pull request

Exit codes: 0 every component meets the stage it declares (with --promote: it
may go up), 1 a gate is not passed, 2 called wrongly.`,
  async run(invocation) {
    // Loaded for this command alone: the others start faster without.
    const { parseMaturityArguments } = await import("../maturity/maturity-arguments.ts");
    const { evaluateProject } = await import("../maturity/evaluate-project.ts");
    const { onlyGates } = await import("../maturity/only-gates.ts");
    const { args, cwd } = invocation;
    const given = parseMaturityArguments(args);
    const { components = [] } = await loadConfig(cwd, given.config);
    if (components.length === 0)
      throw new UsageError(
        "the project has no components; say: defineConfig({ workflows, components: [defineComponent({ … })] })",
      );
    const root = dirname(resolve(cwd, given.config ?? "tta.config.ts"));
    const found = await evaluateProject(components, given, { cwd, root, nowMs: Date.now() });
    const all = found.components.map((one) => onlyGates(one, given.gates));
    return given.promote === undefined
      ? show({ ...found, components: all }, given, invocation)
      : promote(componentCalled(given.promote, all), given, invocation);
  },
};

async function show(
  found: Maturity,
  { format }: MaturityArguments,
  { terminal }: Invocation,
): Promise<number> {
  const { maturityText } = await import("../maturity/as-text.ts");
  const { maturityMarkdown } = await import("../maturity/as-markdown.ts");
  terminal.print(
    format === "json"
      ? JSON.stringify(found, undefined, 2)
      : format === "markdown"
        ? maturityMarkdown(found)
        : maturityText(found, terminal.columns ?? Infinity),
  );
  return found.components.every(({ declared }) => declared.met) ? 0 : 1;
}

async function promote(
  evaluation: ComponentEvaluation,
  { format }: MaturityArguments,
  { terminal }: Invocation,
): Promise<number> {
  const { name, stage, next } = evaluation;
  if (next === null)
    throw new UsageError(`--promote: "${name}" is in ${stage}, and there is no stage above it`);
  const { promotionText } = await import("../maturity/as-text.ts");
  terminal.print(
    format === "json"
      ? JSON.stringify({ allowed: next.met, ...evaluation }, undefined, 2)
      : promotionText(evaluation, terminal.columns ?? Infinity),
  );
  return next.met ? 0 : 1;
}

/** @throws UsageError that lists what there is */
function componentCalled(
  name: string,
  components: readonly ComponentEvaluation[],
): ComponentEvaluation {
  const found = components.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `--promote: no component is called "${name}"; there are: ${components.map((one) => one.name).join(", ")}`,
  );
}
