/** Writes those parts of the documentation that are made from code. The tests compare them. */
import { readFileSync, writeFileSync } from "node:fs";
import { generated } from "./docs/generated.ts";
import { fillRegion } from "./docs/region.ts";
import { runCommand } from "./run-command.ts";

for (const { page, region, text } of generated()) {
  writeFileSync(page, fillRegion(readFileSync(page, "utf8"), region, text));
}
const { succeeded, output } = await runCommand(["npx", "oxfmt", "docs"]);
if (!succeeded) console.error(output);
process.exitCode = succeeded ? 0 : 1;
