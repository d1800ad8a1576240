import type { WorkflowGraph } from "@tta-dev/primitives";
import { parseProjectArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { loadConfig } from "../load-config.ts";

export const workflows: Command = {
  name: "workflows",
  summary: "List the project's workflows",
  help: `tta workflows [--config FILE] [--json]

Lists the workflows of tta.config.ts, with how many steps and primitives each has.

  -c, --config FILE   another file than tta.config.ts
      --json          an array of { name, steps, primitives }`,
  async run({ args, cwd, terminal }) {
    const { config: file, json } = parseProjectArguments(args, { names: 0 });
    const config = await loadConfig(cwd, file);
    const rows = config.workflows.map((one) => ({ name: one.name, ...count(one.describe()) }));
    if (json) terminal.print(JSON.stringify(rows, undefined, 2));
    else {
      const width = Math.max(...rows.map(({ name }) => name.length), 8);
      terminal.print(`${"workflow".padEnd(width)}  steps  primitives`);
      for (const { name, steps, primitives } of rows)
        terminal.print(
          `${name.padEnd(width)}  ${String(steps).padStart(5)}  ${String(primitives).padStart(10)}`,
        );
    }
    return 0;
  },
};

function count(graph: WorkflowGraph): { readonly steps: number; readonly primitives: number } {
  let steps = graph.leaf ? 1 : 0;
  let primitives = graph.leaf ? 0 : 1;
  for (const { graph: child } of graph.children) {
    const below = count(child);
    steps += below.steps;
    primitives += below.primitives;
  }
  return { steps, primitives };
}
