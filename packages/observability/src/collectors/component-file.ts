import { createStateFile } from "../state-file.ts";
import type { ComponentStore } from "./component-state.ts";

/**
 * Keeps the state of a component collector in a file, readable by its owner alone and replaced as a whole.
 *
 * @param path Folders that are missing are made.
 */
export function createComponentFile(path: string): ComponentStore {
  return createStateFile(path);
}
