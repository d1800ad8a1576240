import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { ComponentStore } from "./component-state.ts";

/**
 * Keeps the state of a component collector in a file, which is replaced as a whole: whoever reads it, even after a
 * crash, finds the old one or the new one.
 *
 * @param path Folders that are missing are made.
 */
export function createComponentFile(path: string): ComponentStore {
  return {
    async load() {
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(state) {
      await mkdir(dirname(path), { recursive: true });
      // A name of its own for each process, so that two of them never write into one file.
      const draft = `${path}.${process.pid}.tmp`;
      try {
        await rm(draft, { force: true });
        // "wx" never follows a link that somebody put there.
        const handle = await open(draft, "wx");
        try {
          await handle.writeFile(state);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
  };
}
