import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Tally } from "./tally.ts";
import { failure, total } from "./tally.ts";

const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const reporter = fileURLToPath(new URL("tally-reporter.ts", import.meta.url));

/**
 * Runs vitest in a process of its own and counts what it did.
 *
 * @param args Arguments after `vitest run`.
 * @param output What becomes of what vitest prints. @default "inherit"
 * @returns A tally with at least one failure if vitest died, or ended with an exit code that no test explains.
 */
export async function runVitest(
  args: readonly string[],
  output: "inherit" | "ignore" = "inherit",
): Promise<Tally> {
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
  let tally: Tally | undefined;
  child.on("message", (message) => (tally = message as Tally));
  const ending = await new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    // "close" comes after the last message, "exit" may come before it.
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  if (tally === undefined) return failure(`vitest ended (${ending}) before it had finished`);
  if (ending === 0 || tally.failed > 0) return tally;
  return total([
    tally,
    failure(`vitest ended (${ending}) though no test failed: see its last lines above`),
  ]);
}

/** Colours are for people: vitest would write them into files, too. */
function colours(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const wanted = process.stdout.isTTY || environment["FORCE_COLOR"] !== undefined;
  return wanted ? environment : { ...environment, NO_COLOR: "1" };
}
