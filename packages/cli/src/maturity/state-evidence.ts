import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import {
  createComponentFile,
  mergeDays,
  parseState,
  useFor,
  type ComponentState,
} from "@tta-dev/observability/collectors";
import { UsageError } from "../failure.ts";
import type { Evidence } from "./evidence.ts";

/** Where a component collector keeps its state unless it is told otherwise, below the folder of tta.config.ts. */
const STATE_FILE = ".tta/components.json";

/**
 * Reads what programs left behind: executions and errors a day, and their SLOs.
 *
 * @param given What `--state` says; without it the file may be missing.
 * @throws UsageError when the file is none of ours
 */
export async function readState(
  given: string | undefined,
  { cwd, root, nowMs }: { readonly cwd: string; readonly root: string; readonly nowMs: number },
): Promise<Evidence> {
  const file = given === undefined ? resolve(root, STATE_FILE) : resolve(cwd, given);
  const shown = given ?? (relative(cwd, file) || STATE_FILE);
  if (!existsSync(file)) {
    if (given !== undefined) throw new UsageError(`--state: ${given}: no such file`);
    const noData = { noData: `there is no ${shown}` };
    return {
      use: () => () => noData,
      days: () => () => noData,
      slo: () => undefined,
      source: `no runtime data: there is no ${shown}, which a program with these components writes`,
    };
  }
  return evidenceOf(await load(file, shown), shown, nowMs);
}

async function load(file: string, shown: string): Promise<ComponentState | undefined> {
  try {
    return parseState(await createComponentFile(file).load());
  } catch (cause) {
    throw new UsageError(`${shown} is no state of components: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function evidenceOf(state: ComponentState | undefined, shown: string, nowMs: number): Evidence {
  const rows = (name: string) =>
    mergeDays(state !== undefined && Object.hasOwn(state.use, name) ? state.use[name]! : [], nowMs);
  return {
    use: ({ name }) => {
      const days = rows(name);
      return (target) => ({ ...useFor(days, target), note: "in the last 30 days" });
    },
    days: ({ name }) => {
      const days = rows(name);
      return (target) => ({ ...useFor(days, target), note: "of the last 30" });
    },
    slo: (name) =>
      state !== undefined && Object.hasOwn(state.slos, name) ? state.slos[name] : undefined,
    source: `runtime data from ${shown}, saved ${savedAt(state?.savedAtMs ?? nowMs)}`,
  };
}

function savedAt(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
