import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** How the demo ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The demo, running in a process of its own. */
export interface DemoProcess {
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in what it has written to standard error; rejects when it ends without. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** What Ctrl-C does. */
  readonly interrupt: () => void;
}

/** Starts the demo, from the sources of the packages, without settings of OpenTelemetry and with no past. */
export function startDemo(...args: readonly string[]): DemoProcess {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("OTEL_")),
  );
  const state = join(tmpdir(), `tta-support-desk-${randomUUID()}.json`);
  const program = join(import.meta.dirname, "../main.ts");
  const child = spawn(
    process.execPath,
    ["--conditions=@tta-dev/source", program, "--state", state, ...args],
    { env, cwd: join(import.meta.dirname, "../.."), stdio: ["ignore", "pipe", "pipe"] },
  );
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  const { promise: ended, resolve, reject } = Promise.withResolvers<Ended>();
  child.once("error", reject);
  child.once("close", (code) => {
    rmSync(state, { force: true });
    resolve({ code, stdout: stdout.text(), stderr: stderr.text() });
  });
  return {
    ended,
    says: (pattern) => {
      const { promise, resolve: found, reject: missed } = Promise.withResolvers<RegExpExecArray>();
      const look = (): void => {
        const match = pattern.exec(stderr.text());
        if (match !== null) found(match);
      };
      child.stderr.on("data", look);
      child.once("close", () => {
        missed(new Error(`the demo ended without ${String(pattern)}: ${stderr.text()}`));
      });
      look();
      return promise;
    },
    interrupt: () => {
      child.kill("SIGINT");
    },
  };
}

function gather(stream: Readable): { readonly text: () => string } {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return { text: () => text };
}
