import { spawn } from "node:child_process";

export interface CommandResult {
  readonly succeeded: boolean;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  readonly durationMs: number;
}

/**
 * Runs a command to its end and keeps what it prints.
 *
 * @param cwd Folder to run in. @default the current one
 */
export async function runCommand(
  command: readonly [string, ...string[]],
  cwd = ".",
): Promise<CommandResult> {
  const [file, ...args] = command;
  const startMs = performance.now();
  const env = { ...process.env, NO_COLOR: "1" };
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  const problem = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : `${file} ended with ${code ?? signal}`),
    );
  });
  if (problem !== undefined) chunks.push(`\n${problem}\n`);
  return {
    succeeded: problem === undefined,
    output: chunks.join(""),
    durationMs: performance.now() - startMs,
  };
}
