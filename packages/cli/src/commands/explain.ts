import { explain as explainPrimitive, formatExplanation } from "@tta-dev/primitives";
import { parseProjectArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { findWorkflow, loadConfig } from "../load-config.ts";

export const explain: Command = {
  name: "explain",
  summary: "Say what a run may cost at most: calls, waiting, time, money",
  help: `tta explain [WORKFLOW] [--timeout MS] [--retry-after MS] [--config FILE] [--json]

Prints an upper bound for each step and for the whole run, says where there is none and why, and warns about traps.
With one workflow in the project its name may be left out.

      --timeout MS       limit of the run, in milliseconds
      --retry-after MS   the longest wait a server is supposed to ask for, in milliseconds
  -c, --config FILE      another file than tta.config.ts
      --json             the explanation as data`,
  async run({ args, cwd, terminal }) {
    const { names, config, json, timeoutMs, retryAfterMs } = parseProjectArguments(args, {
      names: 1,
      limits: true,
    });
    const workflow = findWorkflow(await loadConfig(cwd, config), names[0]);
    const explanation = explainPrimitive(workflow, {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
    terminal.print(
      json ? JSON.stringify(explanation, undefined, 2) : formatExplanation(explanation),
    );
    return 0;
  },
};
