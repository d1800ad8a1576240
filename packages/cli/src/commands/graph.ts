import { toMermaid } from "@tta-dev/primitives";
import { parseProjectArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { findWorkflow, loadConfig } from "../load-config.ts";

export const graph: Command = {
  name: "graph",
  summary: "Draw a workflow as a Mermaid flowchart",
  help: `tta graph [WORKFLOW] [--config FILE] [--json]

Prints the workflow as a Mermaid flowchart. With one workflow in the project its name may be left out.

  -c, --config FILE   another file than tta.config.ts
      --json          the tree as data: type, name, path, options, children`,
  async run({ args, cwd, terminal }) {
    const { names, config, json } = parseProjectArguments(args, { names: 1 });
    const tree = findWorkflow(await loadConfig(cwd, config), names[0]).describe();
    terminal.print(json ? JSON.stringify(tree, undefined, 2) : toMermaid(tree));
    return 0;
  },
};
