import { join } from "node:path";
import { runDemo } from "./demo.ts";
import { helpText } from "./help.ts";
import { parseOptions } from "./options.ts";
import { readTrace } from "./traffic/read-trace.ts";
import { takeRequests } from "./traffic/take-requests.ts";
import { TraceError } from "./traffic/trace-row.ts";

const excerpt = join(import.meta.dirname, "data/azure-conv-excerpt.csv");

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args);
  if (parsed.kind === "help") {
    process.stdout.write(helpText);
    return 0;
  }
  if (parsed.kind === "invalid") return refuse(parsed.problem);

  const { options } = parsed;
  try {
    const requests = await takeRequests(readTrace(options.trace ?? excerpt), options.requests);
    return await runDemo({ options, requests });
  } catch (error) {
    if (error instanceof TraceError) return refuse(`--trace ${error.message}`);
    throw error;
  }
}

function refuse(problem: string): number {
  process.stderr.write(`support-desk: ${problem}\n`);
  return 2;
}

// Whoever reads the output may have seen enough, as `head` has after ten lines.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await main(process.argv.slice(2));
