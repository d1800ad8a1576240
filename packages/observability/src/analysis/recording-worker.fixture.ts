import { slot } from "@tta-dev/primitives";
import { parentPort, workerData } from "node:worker_threads";
import { recordRandom } from "./record-random.fixture.ts";

// A thread has a slot, and so a registry, of its own.
const { seed, count } = workerData as { readonly seed: number; readonly count: number };
recordRandom(slot().registry, seed, count);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage(slot().registry.snapshot());
