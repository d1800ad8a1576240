/**
 * Runs every test: the vitest suite on OpenTelemetry SDK 3.x, then the suites of tests/tracing on SDK 2.x.
 *
 * Arguments go to vitest: `npm test -- retry` runs the files whose path contains "retry". The last line of the output
 * is `N passed, N failed, N skipped (why)`.
 */
import { buildOnce } from "./build-once.ts";
import { installSdk2 } from "./install-sdk-2.ts";
import { runVitest } from "./run-vitest.ts";
import type { Tally } from "./tally.ts";
import { failure, size, summaryLine, total } from "./tally.ts";

const args = process.argv.slice(2);
const selected = args.some((argument) => argument !== "--coverage");

const tally = await runAll();
if (tally.problems.length > 0)
  console.log(`\nNot in any test:\n${tally.problems.map((text) => `- ${text}`).join("\n")}`);
console.log(`\n${summaryLine(tally)}`);
process.exitCode = tally.failed > 0 ? 1 : 0;

async function runAll(): Promise<Tally> {
  // Some tests start built programs.
  const tallies = [attempt(buildOnce)];
  console.log("\nOn OpenTelemetry SDK 3.x");
  tallies.push(await suite("the suite", args));
  console.log("\nOn OpenTelemetry SDK 2.x");
  const installed = attempt(installSdk2);
  tallies.push(installed);
  if (installed.failed === 0) {
    const shared = args.filter((argument) => !argument.startsWith("--coverage"));
    tallies.push(
      await suite("the suite of SDK 2.x", ["--config", "tests/sdk-2/vitest.config.ts", ...shared]),
    );
  }
  const sum = total(tallies);
  return size(sum) === 0 ? failure("no test was selected") : sum;
}

/** Runs one suite; without a selection, an empty one is a failure. */
async function suite(name: string, vitestArgs: readonly string[]): Promise<Tally> {
  const counted = await runVitest(vitestArgs);
  return size(counted) === 0 && !selected ? failure(`${name} has no tests`) : counted;
}

function attempt(prepare: () => void): Tally {
  try {
    prepare();
    return total([]);
  } catch (error) {
    return failure((error as Error).message);
  }
}
