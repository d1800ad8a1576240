import { execFile } from "node:child_process";
import { relative, resolve } from "node:path";

/** An error of the compiler, with the lines it takes on a terminal. */
export interface Diagnostic {
  /** Path from the compiler's working folder; empty for an error that is in no file. */
  readonly file: string;
  readonly line: number;
  readonly lines: readonly string[];
}

/**
 * Type-checks a project with one compiler.
 *
 * @param compiler Folder of the compiler's package in node_modules.
 * @param project Path of the tsconfig file.
 * @throws Error when the compiler itself fails.
 */
export async function compile(compiler: string, project: string): Promise<readonly Diagnostic[]> {
  const script = resolve("node_modules", compiler, "bin/tsc");
  const output = await new Promise<string>((done, fail) => {
    execFile(
      process.execPath,
      [script, "--project", project, "--noEmit", "--pretty", "false"],
      { maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        const diagnosed = error === null || stdout.includes("error TS");
        if (diagnosed && stderr === "") done(stdout);
        else fail(new Error(`${compiler} failed: ${stderr}${stdout}`, { cause: error }));
      },
    );
  });
  return parseDiagnostics(output);
}

/** Reads what `tsc --pretty false` prints: a line for each error, and indented lines that explain it. */
export function parseDiagnostics(output: string): readonly Diagnostic[] {
  const diagnostics: { file: string; line: number; lines: string[] }[] = [];
  for (const text of output.split("\n").filter((line) => line.trim() !== "")) {
    const start = /^(?:(?<file>.+)\((?<line>\d+),\d+\): )?error TS\d+: /.exec(text)?.groups;
    if (start !== undefined) {
      const file = start["file"] === undefined ? "" : relative(".", start["file"]);
      diagnostics.push({ file, line: Number(start["line"] ?? 0), lines: [text] });
    } else diagnostics.at(-1)?.lines.push(text);
  }
  return diagnostics;
}
