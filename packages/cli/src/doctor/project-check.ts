import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { slot } from "@tta-dev/primitives";
import { UsageError } from "../failure.ts";
import { loadConfig } from "../load-config.ts";
import type { Finding } from "./finding.ts";

/** Whether the project's configuration loads. */
export async function checkProject(cwd: string, file: string | undefined): Promise<Finding> {
  const check = "tta.config.ts";
  if (file === undefined && !existsSync(resolve(cwd, check)))
    return {
      check,
      state: "warning",
      message: "is not there: tta knows none of your workflows",
      advice: "export const config = defineConfig({ workflows: [...] })",
    };
  try {
    const { workflows, slos = [], components = [] } = await loadConfig(cwd, file);
    // Those of workflows were declared when the file was loaded.
    const names = new Set([...slot().slos.keys(), ...slos.map(({ name }) => name)]);
    const counts = [
      counted(workflows.length, "workflow"),
      counted(names.size, "SLO"),
      counted(components.length, "component"),
    ];
    return { check, state: "ok", message: counts.join(", ") };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { check, state: "failure", message: error.message, advice: "mend the file" };
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
