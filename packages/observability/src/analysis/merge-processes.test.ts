import type { Snapshot } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { decodeSnapshot } from "./decode-snapshot.ts";
import { mergeSnapshots } from "./merge-snapshots.ts";
import { percentilesOf } from "./percentiles.ts";
import { recordRandom } from "./record-random.fixture.ts";
import { contentOf } from "./snapshot-content.fixture.ts";

const COUNT = 2_000;
/** A thread or a process takes a second to start on a busy machine. */
const TIMEOUT_MS = 20_000;
const FROM_SOURCE = "--conditions=@tta-dev/source";

function recorded(...seeds: readonly number[]): Snapshot {
  const registry = createRegistry();
  for (const seed of seeds) recordRandom(registry, seed, COUNT);
  return registry.snapshot();
}

async function recordedInThread(seed: number): Promise<Snapshot> {
  const worker = new Worker(new URL("recording-worker.fixture.ts", import.meta.url), {
    workerData: { seed, count: COUNT },
    execArgv: [FROM_SOURCE],
  });
  const [snapshot] = (await once(worker, "message")) as [Snapshot];
  await worker.terminate();
  return snapshot;
}

async function recordedInChild(seed: number): Promise<Snapshot> {
  const path = fileURLToPath(new URL("recording-child.fixture.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [FROM_SOURCE, path, String(seed), String(COUNT)],
    { maxBuffer: 2 ** 26, timeout: TIMEOUT_MS, killSignal: "SIGKILL" },
  );
  return decodeSnapshot(JSON.parse(stdout));
}

test(
  "what two threads, a child process and this one recorded is what one registry would have",
  async () => {
    const theirs = await Promise.all([
      recordedInThread(1),
      recordedInThread(2),
      recordedInChild(3),
    ]);
    const merged = mergeSnapshots([recorded(4), ...theirs]);
    const single = recorded(1, 2, 3, 4);
    expect(contentOf(merged)).toEqual(contentOf(single));
    expect(percentilesOf(merged)).toEqual(percentilesOf(single));
    expect(percentilesOf(merged).all.count).toBe(4 * COUNT);
  },
  TIMEOUT_MS,
);
