import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Text that is kept from one start of the process to the next. */
export interface StateFile {
  /** Undefined where there is none yet. */
  readonly load: () => Promise<string | undefined>;
  readonly save: (state: string) => Promise<void>;
}

/**
 * Keeps text in a file, readable by its owner alone. The file is replaced as a whole: whoever reads it, even after a
 * crash, finds the old one or the new one. Folders that are missing are made.
 */
export function createStateFile(path: string): StateFile {
  const file = resolve(path);
  // A name of its own for each process, so that two of them never write into one draft.
  const draft = `${file}.${process.pid}.tmp`;
  return {
    async load() {
      try {
        return await readFile(file, "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(state) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await rm(draft, { force: true });
      try {
        // "wx" never follows a link that somebody put there.
        const handle = await open(draft, "wx", 0o600);
        try {
          await handle.writeFile(state);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
  };
}
