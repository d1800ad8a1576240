import { fork } from "node:child_process";
import type { Verification } from "../verify/verification.ts";
import type { Sample } from "./row.ts";

/** What a measuring process is asked to do. */
export type Task =
  | { readonly kind: "verify"; readonly verification: Verification }
  | {
      readonly kind: "measure";
      readonly row: string;
      readonly quick: boolean;
      readonly pairs: number;
      readonly seed: number;
    };

/** What it answers. */
export type Answer = { readonly samples: readonly Sample[] } | { readonly error: string };

const childFile = new URL("../child.ts", import.meta.url);

/** Variables that would turn on somebody's telemetry behind our back. */
const telemetryVariables = /^(OTEL_|LANGCHAIN_|LANGSMITH_)/;

/**
 * Does a task in a process of its own, so that no SDK, context store or compiled code is left over from another one.
 * What that process prints goes to standard error.
 *
 * @throws {Error} with what the process reported, or with how it ended.
 */
export async function runInChild(
  task: Task,
  nodeFlags: readonly string[] = [],
): Promise<readonly Sample[]> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !telemetryVariables.test(name)),
  );
  const child = fork(childFile, [JSON.stringify(task)], {
    env,
    execArgv: ["--expose-gc", ...nodeFlags],
    stdio: ["ignore", 2, "inherit", "ipc"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<readonly Sample[]>();
  child.once("message", (answer: Answer) => {
    if ("error" in answer) reject(new Error(answer.error));
    else resolve(answer.samples);
  });
  child.once("error", reject);
  child.once("exit", (code, signal) => {
    reject(
      new Error(`the measuring process ended without an answer (${signal ?? `exit code ${code}`})`),
    );
  });
  return promise;
}
