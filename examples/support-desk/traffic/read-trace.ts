import { open } from "node:fs/promises";
import { azureFormat, isAzureHeader } from "./azure-format.ts";
import { isMooncakeLine, mooncakeFormat } from "./mooncake-format.ts";
import { TraceError } from "./trace-row.ts";
import type { ParsedLine, TraceFormat, TraceRow } from "./trace-row.ts";

const shownCharacters = 60;

/**
 * Reads a traffic trace row by row, so that a file of any size can be cut short.
 *
 * The format is told by the content: an Azure CSV starts with its header, a Mooncake trace with a
 * JSON object. Byte order marks, CRLF and blank lines at the end are accepted.
 *
 * @throws {TraceError} when the file cannot be read, has no rows, has a row of another shape, or
 * has a row that arrives before the one above it.
 */
export async function* readTrace(path: string): AsyncGenerator<TraceRow, void, undefined> {
  let format: TraceFormat | undefined;
  let first: ParsedLine | undefined;
  let previousMs = 0;
  let blankLine: number | undefined;
  let number = 0;

  for await (const text of readLines(path)) {
    number += 1;
    const line = number === 1 ? text.replace(/^\uFEFF/u, "") : text;
    if (line.trim() === "") {
      blankLine ??= number;
      continue;
    }
    // Blank lines may end a file; between rows they are a sign of a damaged one.
    if (blankLine !== undefined) {
      throw new TraceError("a blank line before the end of the file", { path, line: blankLine });
    }
    if (format === undefined) {
      format = detectFormat(line, { path, line: number });
      if (format.hasHeader) continue;
    }
    const row = format.parse(line);
    if (row === undefined) {
      throw new TraceError(`expected ${format.expected}, got ${shorten(line)}`, {
        path,
        line: number,
      });
    }
    first ??= row;
    // Whole nanoseconds first, one division last: exact for traces of up to 104 days.
    const nanoseconds =
      (row.milliseconds - first.milliseconds) * 1e6 + row.nanoseconds - first.nanoseconds;
    const atMs = nanoseconds / 1e6;
    if (atMs < previousMs) {
      throw new TraceError(
        "expected rows in order of arrival, got one that arrives before the row above it",
        {
          path,
          line: number,
        },
      );
    }
    previousMs = atMs;
    yield { atMs, promptTokens: row.promptTokens, completionTokens: row.completionTokens };
  }
  if (first === undefined) {
    throw new TraceError("expected at least one request, got none", { path });
  }
}

async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  try {
    await using file = await open(path);
    for await (const line of file.readLines()) yield line;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TraceError(`cannot be read (${reason})`, { path, cause: error });
  }
}

function detectFormat(
  line: string,
  where: { readonly path: string; readonly line: number },
): TraceFormat {
  if (isAzureHeader(line)) return azureFormat;
  if (isMooncakeLine(line)) return mooncakeFormat;
  throw new TraceError(
    `expected the header TIMESTAMP,ContextTokens,GeneratedTokens or ${mooncakeFormat.expected}, got ${shorten(line)}`,
    where,
  );
}

function shorten(line: string): string {
  return JSON.stringify(
    line.length > shownCharacters ? `${line.slice(0, shownCharacters - 1)}…` : line,
  );
}
