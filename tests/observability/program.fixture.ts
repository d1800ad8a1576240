import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running {
  readonly write: (words: string) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves with everything written so far, once that matches; or when the program has ended. */
  readonly says: (words: RegExp) => Promise<string>;
  readonly ended: Promise<Ended>;
}

/** One that hangs is a failure, and must not outlive the test. */
const LONGEST_LIFE_MS = 30_000;

/** Starts a file of this folder, with nothing of this process's environment but PATH. */
export function start(
  file: string,
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly nodeOptions?: readonly string[];
    readonly args?: readonly string[];
    readonly longestLifeMs?: number;
    readonly cwd?: string;
  } = {},
): Running {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@tta-dev/source",
      ...(options.nodeOptions ?? []),
      fileURLToPath(new URL(file, import.meta.url)),
      ...(options.args ?? []),
    ],
    {
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...options.env },
      timeout: options.longestLifeMs ?? LONGEST_LIFE_MS,
      killSignal: "SIGKILL",
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    },
  );
  let said = "";
  const waiting = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    said += String(chunk);
    for (const check of waiting) check();
  });
  const stderr = text(child.stderr);
  const ended = once(child, "close").then(async ([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout: said,
    stderr: await stderr,
  }));
  return {
    write: (words) => void child.stdin.write(words),
    kill: (signal) => void child.kill(signal),
    says(words) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const check = (): void => {
        if (words.test(said)) resolve(said);
      };
      waiting.add(check);
      check();
      return Promise.race([promise, ended.then(() => said)]);
    },
    ended,
  };
}
