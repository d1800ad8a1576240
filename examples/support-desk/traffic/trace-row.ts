/** One request of a traffic trace. */
export interface TraceRow {
  /** Arrival in milliseconds after the trace's first row. */
  readonly atMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What one line says before its arrival is counted from the first row. */
export interface ParsedLine {
  /** Whole milliseconds on the trace's own clock. */
  readonly milliseconds: number;
  /** What is left below a millisecond, kept apart: epoch milliseconds with seven more digits do not fit a double. */
  readonly nanoseconds: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A kind of trace file. */
export interface TraceFormat {
  readonly name: string;
  /** What a row looks like, for error messages. */
  readonly expected: string;
  /** Whether the file's first line is a header and not a row. */
  readonly hasHeader: boolean;
  /** Parses one row; undefined when it is not one. */
  readonly parse: (line: string) => ParsedLine | undefined;
}

/** Says that a trace cannot be read: which file, which line, what was expected. */
export class TraceError extends Error {
  override readonly name = "TraceError";
  readonly path: string;
  /** The line's number, from 1; undefined when the file as a whole is at fault. */
  readonly line: number | undefined;

  constructor(
    message: string,
    where: { readonly path: string; readonly line?: number; readonly cause?: unknown },
  ) {
    super(`${where.path}${where.line === undefined ? "" : `, line ${where.line}`}: ${message}`, {
      cause: where.cause,
    });
    this.path = where.path;
    this.line = where.line;
  }
}

/** Parses a count of tokens written in digits alone; undefined for anything else. */
export function parseTokenCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
}
