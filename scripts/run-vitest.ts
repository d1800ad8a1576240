import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TallyMessage } from "./tally-reporter.ts";
import type { Tally } from "./tally.ts";
import { failure, total } from "./tally.ts";

const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const reporter = fileURLToPath(new URL("tally-reporter.ts", import.meta.url));

export interface RunOptions {
  /** What becomes of what vitest prints. @default "inherit" */
  readonly output?: "inherit" | "ignore";
  /** How long no test may finish before vitest is stopped. @default 300_000 */
  readonly idleMs?: number;
}

/**
 * Runs vitest in a process of its own and counts what it did.
 *
 * @param args Arguments after `vitest run`.
 * @returns A tally with at least one failure if vitest died, hung, or ended with an exit code that no test explains.
 */
export async function runVitest(args: readonly string[], options: RunOptions = {}): Promise<Tally> {
  const { output = "inherit", idleMs = 300_000 } = options;
  const child = fork(
    vitest,
    [
      "run",
      "--reporter=default",
      `--reporter=${reporter}`,
      "--allowOnly=false",
      "--passWithNoTests",
      ...args,
    ],
    { env: colours(process.env), execArgv: [], stdio: ["ignore", output, output, "ipc"] },
  );

  let latest: TallyMessage = { tally: total([]), finished: false };
  let idle = false;
  const watch = setTimeout(() => {
    idle = true;
    child.kill("SIGKILL");
  }, idleMs);
  child.on("message", (message) => {
    latest = message as TallyMessage;
    watch.refresh();
  });
  const ending = await new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    // "close" comes after the last message, "exit" may come before it.
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  clearTimeout(watch);

  const { tally, finished } = latest;
  const explained = finished && (ending === 0 || tally.failed > 0);
  return explained && !idle ? tally : total([tally, failure(whatHappened())]);

  function whatHappened(): string {
    if (idle)
      return `vitest was stopped: nothing happened for ${idleMs} ms (does a test leave a process running?)`;
    if (!finished) return `vitest ended (${ending}) before it had finished`;
    return `vitest ended (${ending}) though no test failed: see its last lines above`;
  }
}

/** Colours are for people: vitest would write them into files, too. */
function colours(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const wanted = process.stdout.isTTY || environment["FORCE_COLOR"] !== undefined;
  return wanted ? environment : { ...environment, NO_COLOR: "1" };
}
