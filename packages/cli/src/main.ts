import { readFileSync } from "node:fs";
import type { Command, Terminal } from "./command.ts";
import { doctor } from "./commands/doctor.ts";
import { explain } from "./commands/explain.ts";
import { graph } from "./commands/graph.ts";
import { maturity } from "./commands/maturity.ts";
import { workflows } from "./commands/workflows.ts";
import { UsageError } from "./failure.ts";

const commands: readonly Command[] = [workflows, graph, explain, maturity, doctor];

const standard: Terminal = {
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
  get columns() {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  },
};

/**
 * Runs the command line `tta`.
 *
 * @param args What stands behind `tta`
 * @returns the exit code: 0 when all is well, 1 when the command failed, 2 when it was called wrongly
 */
export async function main(
  args: readonly string[],
  {
    cwd = process.cwd(),
    terminal = standard,
  }: { readonly cwd?: string; readonly terminal?: Terminal } = {},
): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-v") {
    terminal.print(version());
    return 0;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    terminal.print(overview());
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    terminal.complain(
      `tta: no command is called "${name}"; there are: ${commands.map((one) => one.name).join(", ")}`,
    );
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    terminal.print(command.help);
    return 0;
  }
  try {
    return await command.run({ args: rest, cwd, terminal });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.complain(`tta ${name}: ${error.message}`);
    return 2;
  }
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `tta COMMAND [options]\n\n${rows.join("\n")}\n\n"tta COMMAND --help" says more.`;
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
