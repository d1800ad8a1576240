import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Primitive } from "@tta-dev/primitives";
import { defineConfig, type TtaConfig } from "@tta-dev/primitives/config";
import { UsageError } from "./failure.ts";

const DEFAULT_FILE = "tta.config.ts";

/**
 * Loads a project's configuration, by Node's own type stripping.
 *
 * @throws UsageError when the file is missing, fails, or exports no `config`
 */
export async function loadConfig(cwd: string, given: string | undefined): Promise<TtaConfig> {
  const file = resolve(cwd, given ?? DEFAULT_FILE);
  if (!existsSync(file))
    throw new UsageError(
      `${given ?? DEFAULT_FILE}: no such file in ${cwd}; it should say: export const config = defineConfig({ workflows: [...] })`,
    );
  if (
    file.endsWith(".ts") &&
    (process.features as { typescript?: unknown }).typescript === undefined
  )
    throw new UsageError(
      `${file} is TypeScript, which this Node (${process.version}) does not run: use Node 22.18 or newer`,
    );
  let exports: { readonly config?: unknown };
  try {
    exports = (await import(pathToFileURL(file).href)) as typeof exports;
  } catch (cause) {
    throw new UsageError(`${file} could not be loaded: ${(cause as Error).message}`, { cause });
  }
  if (exports.config === undefined)
    throw new UsageError(
      `${file} exports no "config"; write: export const config = defineConfig({ workflows: [...] })`,
    );
  try {
    return defineConfig(exports.config as TtaConfig);
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws UsageError that lists what there is */
export function findWorkflow(
  config: TtaConfig,
  name: string | undefined,
): Primitive<never, unknown> {
  const { workflows } = config;
  const only = workflows.length === 1 && name === undefined ? workflows[0] : undefined;
  const found = only ?? workflows.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = workflows.map((one) => one.name).join(", ");
  throw new UsageError(
    name === undefined
      ? `say which workflow: ${known}`
      : `no workflow is called "${name}"; there are: ${known}`,
  );
}
