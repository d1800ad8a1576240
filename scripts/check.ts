/** Runs everything that has to be right before a change lands, all of it, and says what is not. */
import { runCommand } from "./run-command.ts";

/** Scripts of package.json, in the order in which they run. */
const STEPS = [
  "build",
  "typecheck",
  "lint",
  "format:check",
  "unused",
  "coverage",
  "pack:check",
  "docs",
];
const TAIL_LINES = 60;

const rows: { readonly step: string; readonly succeeded: boolean; readonly seconds: string }[] = [];
for (const step of STEPS) {
  process.stdout.write(`${step} … `);
  const { succeeded, output, durationMs } = await runCommand(["npm", "run", "--silent", step]);
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  console.log(`${succeeded ? "passed" : "FAILED"} in ${seconds}`);
  if (!succeeded) console.log(`\n${tail(output)}\n`);
  rows.push({ step, succeeded, seconds });
}

const failed = rows.filter(({ succeeded }) => !succeeded);
console.log();
for (const { step, succeeded, seconds } of rows) {
  console.log(`${step.padEnd(14)}${succeeded ? "passed" : "FAILED"}${seconds.padStart(10)}`);
}
console.log(`\ncheck: ${rows.length - failed.length} steps passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

function tail(output: string): string {
  const lines = output.trimEnd().split("\n");
  const left = lines.length - TAIL_LINES;
  return [...(left > 0 ? [`(${left} lines before)`] : []), ...lines.slice(-TAIL_LINES)].join("\n");
}
