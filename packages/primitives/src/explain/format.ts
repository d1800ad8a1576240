import type { Bound, Unbounded } from "./bound.ts";
import type { Bounds, Explanation } from "./explanation.ts";

/** Names are cut to this many characters, so that the table fits 80 columns. */
const MAX_NAME = 40;

/**
 * Prints an explanation: a row for each leaf and one for the run, why there is no bound where there is none, and the traps.
 *
 * @example
 * ```ts
 * import { explain, formatExplanation, retry, timeout } from "@tta-dev/primitives";
 *
 * const load = async (url: string) => (await fetch(url)).text();
 * const text = formatExplanation(explain(retry(timeout(load, { timeoutMs: 2_000 }), { attempts: 3 })));
 * ```
 */
export function formatExplanation(explanation: Explanation): string {
  const notes = new Map<string, number>();
  const note = (reason: Unbounded): number => {
    const text = `${reason.path}: ${reason.message}`;
    if (!notes.has(text)) notes.set(text, notes.size + 1);
    return notes.get(text)!;
  };
  const hasCost = [explanation.total, ...explanation.leaves].some(
    ({ costUsd }) => costUsd.kind === "unbounded" || costUsd.max > 0,
  );
  const cells = (bounds: Bounds): readonly string[] => [
    formatBound(bounds.calls, String, note),
    formatBound(bounds.waitingMs, formatDuration, note),
    formatBound(bounds.totalMs, formatDuration, note),
    ...(hasCost ? [formatBound(bounds.costUsd, (usd) => `$${usd.toFixed(4)}`, note)] : []),
  ];
  const rows = [
    ["at most", "calls", "waiting", "time", ...(hasCost ? ["cost"] : [])],
    ...explanation.leaves.map((leaf) => [cut(leaf.path), ...cells(leaf)]),
    [`${explanation.type} ${cut(explanation.name)}`, ...cells(explanation.total)],
  ];
  const widths = rows[0]!.map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
  const why = [...notes].map(([text, number]) => `[${number}] ${text}`);
  const traps = explanation.warnings.map(({ path, message }) => `warning: ${path}: ${message}`);
  return [
    ...lines,
    ...(why.length > 0 ? ["", ...why] : []),
    ...(traps.length > 0 ? ["", ...traps] : []),
  ].join("\n");
}

function formatBound(
  bound: Bound,
  write: (value: number) => string,
  note: (reason: Unbounded) => number,
): string {
  if (bound.kind === "bounded") return write(bound.max);
  const numbers = bound.reasons.map(note).toSorted((one, other) => one - other);
  return `unbounded ${numbers.map((number) => `[${number}]`).join("")}`;
}

/** The end of a path says more than its beginning. */
function cut(path: string): string {
  return path.length <= MAX_NAME ? path : `…${path.slice(1 - MAX_NAME)}`;
}

/** Milliseconds as a person reads them. */
function formatDuration(ms: number): string {
  if (ms < 1000) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(2))} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Number(((ms % 60_000) / 1000).toFixed(1))} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
