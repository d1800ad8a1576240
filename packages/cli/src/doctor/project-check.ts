import { existsSync } from "node:fs";
import { resolve } from "node:path";
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
    const counts = [
      `${workflows.length} workflows`,
      `${slos.length} SLOs`,
      `${components.length} components`,
    ];
    return { check, state: "ok", message: counts.join(", ") };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { check, state: "failure", message: error.message, advice: "mend the file" };
  }
}
