/** Prints by how many megabytes the heap is larger after a million runs than after the first 20,000. */
import { parallel, retry, sequential, workflow } from "@tta-dev/primitives";

const identity = async (value: number): Promise<number> => value;
const plain = workflow("plain", sequential(identity, identity, identity));
const rich = workflow(
  "rich",
  sequential(
    parallel({ a: identity, b: identity }),
    ({ a }) => a,
    retry(identity, { attempts: 2 }),
  ),
);

async function run(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await plain.execute(index, {
      correlationId: `request-${index}`,
      sessionId: `session-${index}`,
    });
    if (index % 20 === 0) await rich.execute(index, { agentType: index % 2 === 0 ? "one" : "two" });
  }
}

function heapMegabytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("start this with node --expose-gc");
  gc();
  gc();
  return process.memoryUsage().heapUsed / 1e6;
}

await run(20_000);
const before = heapMegabytes();
await run(1_000_000);
process.stdout.write(`${(heapMegabytes() - before).toFixed(3)}\n`);
