import type { Answer, Task } from "./harness/child-process.ts";
import type { Sample } from "./harness/row.ts";
import { seededRandom } from "./harness/statistics.ts";
import { rows } from "./rows.ts";
import { verifications } from "./verify/verify.ts";

const task = JSON.parse(process.argv[2]!) as Task;
let answer: Answer;
try {
  answer = { samples: await perform(task) };
} catch (error) {
  answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
process.send!(answer, () => process.exit(0));

async function perform(asked: Task): Promise<readonly Sample[]> {
  if (asked.kind === "verify") {
    await verifications[asked.verification]();
    return [];
  }
  const row = rows.find((candidate) => candidate.name === asked.row)!;
  return row.measure({ quick: asked.quick, pairs: asked.pairs, random: seededRandom(asked.seed) });
}
