import type { Component } from "@tta-dev/primitives/slo";
import { createCoverageReader } from "./coverage-reader.ts";
import { readDocs } from "./docs-reader.ts";
import type { ComponentReadings } from "./readings.ts";

type FileReadings = Pick<ComponentReadings, "coverage" | "docs">;

/** What the files of components say. */
export interface ComponentFiles {
  /** Reads them again. Never rejects. */
  readonly read: () => Promise<void>;
  /** What was read last, of the component at this index. */
  readonly readings: (index: number) => FileReadings;
}

/** @param root Folder that paths and globs are relative to. */
export function createComponentFiles(
  components: readonly Component[],
  root: string,
): ComponentFiles {
  const readCoverage = createCoverageReader(root);
  const unread: FileReadings = {
    coverage: { noData: "not read yet" },
    docs: { headings: 0, note: "not read yet" },
  };
  let latest: readonly FileReadings[] = [];
  return {
    async read() {
      const readings: FileReadings[] = [];
      // One after the other: components share reports, and the first one's reading serves the others.
      for (const { coverage, docs } of components)
        readings.push({ coverage: await readCoverage(coverage), docs: await readDocs(root, docs) });
      latest = readings;
    },
    readings: (index) => latest[index] ?? unread,
  };
}
