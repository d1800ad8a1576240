import { Worker } from "node:worker_threads";
import type { Errand } from "./errand.ts";
import { runErrand } from "./errand.ts";
import { sendShipment } from "./send.ts";
import type { Outcome, Shipment } from "./shipment.ts";

const OUTCOMES: readonly (Outcome | undefined)[] = [
  undefined,
  "delivered",
  "unavailable",
  "refused",
];
/** In the first place: the worker cannot go on. */
const BROKEN = 1;
/** Time is counted in slices: a process that was stopped (SIGSTOP) has used one at most. */
const LONGEST_SLICE_MS = 100;
const LEAST_SLICES = 8;

/**
 * Sends while nothing else in this thread runs: in the event "exit" no promise and no socket of it moves any more, so a
 * worker thread sends and this one waits.
 *
 * @returns what became of each shipment, in their order; what is not known after `timeoutMs` is `unavailable`.
 */
export function sendBlocking(shipments: readonly Shipment[], timeoutMs: number): Outcome[] {
  const board = new Int32Array(new SharedArrayBuffer(4 * (1 + shipments.length)));
  const worker = startWorker({ shipments, board });
  let leftMs = worker === undefined ? 0 : timeoutMs;
  for (let place = 1; place < board.length && leftMs > 0; place++) {
    leftMs = waitFor(board, place, leftMs);
  }
  const outcomes = Array.from(
    board.subarray(1),
    (_, index) => OUTCOMES[Atomics.load(board, index + 1)] ?? "unavailable",
  );
  worker?.terminate().catch(() => undefined);
  return outcomes;
}

/** Waits until a place on the board is written. Returns the milliseconds that are left; 0 where it is not to be. */
function waitFor(board: Int32Array<SharedArrayBuffer>, place: number, timeoutMs: number): number {
  const sliceMs = Math.min(LONGEST_SLICE_MS, timeoutMs / LEAST_SLICES);
  let leftMs = timeoutMs;
  while (Atomics.load(board, place) === 0) {
    if (leftMs <= 0 || Atomics.load(board, 0) === BROKEN) return 0;
    const startMs = performance.now();
    Atomics.wait(board, place, 0, sliceMs);
    leftMs -= Math.min(sliceMs, performance.now() - startMs);
  }
  return Math.max(leftMs, 1);
}

/** Undefined where none may be started. */
function startWorker(errand: Errand): Worker | undefined {
  try {
    return new Worker(WORKER, {
      eval: true,
      workerData: errand,
      // What the program loads first (--import, NODE_OPTIONS) would begin to observe the worker, too.
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
  } catch {
    return undefined;
  }
}

// Their text and not a file: it works from sources, from a build and from a bundle alike. Some compilers leave calls of
// `__name` in every function. Whatever does not compile after all has to be noticed, not waited for.
const ERRAND = `(errand) => {
  const __name = (value) => value;
  (${runErrand.toString()})(errand, ${sendShipment.toString()});
}`;

const WORKER = `const errand = process.getBuiltinModule("node:worker_threads").workerData;
process.on("uncaughtException", () => Atomics.store(errand.board, 0, ${BROKEN}));
process.getBuiltinModule("node:vm").runInThisContext(${JSON.stringify(ERRAND)})(errand);`;
