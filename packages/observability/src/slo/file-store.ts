import { inspect } from "node:util";
import { createStateFile } from "../state-file.ts";
import type { SloStore } from "./slo-store.ts";

/**
 * Keeps the counts of SLOs in a file, readable by its owner alone. The file is replaced as a whole, so that a process
 * that is killed while it writes leaves the old one.
 *
 * Give each process a file of its own: of two that share one, the later writer wins. Folders that are missing are made.
 *
 * @param path Of the file, for example `"/var/lib/support-desk/slo.json"`
 * @throws TypeError when the path is no non-empty string
 * @example
 * ```ts
 * import { fileSloStore } from "@tta-dev/observability";
 *
 * const store = fileSloStore("/var/lib/support-desk/slo.json");
 * ```
 */
export function fileSloStore(path: string): SloStore {
  const given: unknown = path;
  if (typeof given !== "string" || given === "")
    throw new TypeError(
      `fileSloStore: path is ${inspect(given, { depth: 0 })}; expected a non-empty string`,
    );
  return createStateFile(given);
}
