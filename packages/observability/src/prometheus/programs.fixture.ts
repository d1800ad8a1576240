import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { TestContext } from "vitest";

/** Path of a program, or undefined where this machine has none. */
export function findProgram(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Path of a program; skips the test where there is none. */
export function needProgram(context: TestContext, name: string): string {
  const path = findProgram(name);
  if (path === undefined) context.skip(`${name} is not installed`);
  return path ?? "";
}

/** Runs promtool with a text as its standard input; resolves with its exit code and all that it said. */
export async function runPromtool(
  args: readonly string[],
  input = "",
): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(findProgram("promtool") ?? "", args);
  child.stdin.on("error", () => undefined).end(input);
  const [out, error, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve) => void child.on("close", (exit) => resolve(exit ?? -1))),
  ]);
  return { code, said: out + error };
}

export interface RunningPrometheus {
  /** Asks its HTTP API, for example `query?query=up`; resolves with `data`, or with the error message. */
  readonly ask: (
    what: string,
  ) => Promise<{ readonly data: unknown; readonly error: string | undefined }>;
  /** What it has complained about so far. */
  readonly complaints: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** Starts a Prometheus of its own on a free port, with an empty store. */
export async function startPrometheus(config: string): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "prometheus-"));
  await writeFile(join(folder, "prometheus.yml"), config);
  const child = spawn(
    findProgram("prometheus") ?? "",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--web.listen-address=127.0.0.1:0",
      "--enable-feature=exemplar-storage",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const kill = (): void => void child.kill("SIGKILL");
  // Also where the test itself does not get to its end.
  process.once("exit", kill);
  const closed = new Promise<void>((resolve) => void child.on("close", () => resolve()));
  const said: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      const at = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
      if (at !== undefined) resolve(at);
    });
    void closed.then(() => reject(new Error(said.join("\n"))));
  });
  return {
    async ask(what) {
      const response = await fetch(`http://${address}/api/v1/${what}`);
      const answer = (await response.json()) as { data?: unknown; error?: string };
      return { data: answer.data, error: answer.error };
    },
    complaints: () => said.filter((line) => /level=(?:warn|error)/.test(line)),
    async stop() {
      kill();
      process.off("exit", kill);
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
