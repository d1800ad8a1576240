import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";

/** Whether a program is in PATH. */
export function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A server that was started and answers. */
export interface RunningProgram {
  readonly stop: () => Promise<void>;
}

/** Starts a server and waits until it answers; fails with what it wrote where it ends instead. */
export async function startProgram(
  program: string,
  args: readonly string[],
  answers: () => Promise<boolean>,
): Promise<RunningProgram> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  let patience = 1000;
  while (!(await answers().catch(() => false))) {
    if ((patience -= 1) === 0) await stopped(child);
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${program} ended without an answer: ${output}`);
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  return { stop: () => stopped(child) };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill();
  await exit;
}
