import { loadavg, cpus } from "node:os";
import type { Result } from "./row.ts";

/** Describes the machine in one line: figures mean nothing without it. */
export function describeMachine(): string {
  const processors = cpus();
  const load = loadavg()[0]!.toFixed(2);
  return `${processors[0]?.model.trim() ?? "unknown processor"} x ${processors.length}, load ${load}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

/** Lays the results out as a table for people. */
export function formatTable(results: readonly Result[]): string {
  const header = ["", "ours", "theirs", "unit", "ratio", "p10", "p90", "target", "met"];
  const lines = results.map((result) => [
    result.name,
    String(result.ours),
    result.theirs === null ? "" : String(result.theirs),
    result.unit,
    result.ratio === null ? "" : String(result.ratio),
    String(result.p10),
    String(result.p90),
    result.target,
    result.met ? "yes" : "NO",
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((cells) => cells[column]!.length)),
  );
  const isNumber = (column: number): boolean => [1, 2, 4, 5, 6].includes(column);
  const layOut = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("  ")
      .trimEnd();
  return [header, ...lines].map(layOut).join("\n");
}
