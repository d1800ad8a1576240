import { realClock } from "../runtime/clock.ts";
import { InProcessRuntime, realMachine } from "../runtime/in-process.ts";
import type { RuntimeSource } from "../runtime/source.ts";

/** Runs in the process, in real time, and knows which timers of its runs have neither fired nor been stopped. */
export function countingRuntime(): RuntimeSource & { readonly timersLeft: number } {
  const open = new Set<object>();
  const machine = {
    ...realMachine,
    clock: {
      ...realClock,
      startTimer(delayMs: number, fire: () => void): () => void {
        const timer = {};
        open.add(timer);
        const stop = realClock.startTimer(delayMs, () => {
          open.delete(timer);
          fire();
        });
        return () => {
          open.delete(timer);
          stop();
        };
      },
    },
  };
  return {
    start: ({ scope, home }) => new InProcessRuntime(scope, home, machine),
    get timersLeft() {
      return open.size;
    },
  };
}
