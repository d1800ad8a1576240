import type { ContextInit } from "../context.ts";
import { checkOptionalNumber, POSITIVE_DURATION, DURATION } from "../options.ts";
import type { Primitive } from "../primitive.ts";
import { InProcessRuntime } from "../runtime/in-process.ts";
import type { RuntimeSource } from "../runtime/source.ts";
import { seeded, seededIds } from "./seeded.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { VirtualTime, type VirtualTimeOptions } from "./virtual-time.ts";

export interface VirtualRuntimeOptions extends VirtualTimeOptions {
  /** What chance and ids come from; runs under one seed, in the same order, are the same. @default "virtual" */
  readonly seed?: string | number;
  /** The moment at which time begins, in epoch milliseconds. @default 2026-01-01T00:00:00Z */
  readonly startMs?: number;
}

/** Runs in virtual time: an hour of waiting takes no time. */
export interface VirtualRuntime extends RuntimeSource {
  /** Executes a primitive on this runtime and moves time until it has settled. */
  execute<I, O>(
    primitive: Primitive<I, O>,
    input: I,
    init?: Omit<ContextInit, "runtime">,
  ): Promise<O>;
  /** Moves time until whatever `work` returns has settled: several executions at once, for example. */
  run<T>(work: () => PromiseLike<T> | T): Promise<T>;
  /** Moves time on by hand, through every timer that is due by then. */
  advance(ms: number): Promise<void>;
  /** Runs real work, such as a request from a step, while time stands still. */
  standStill<T>(work: () => PromiseLike<T> | T): Promise<T>;
  /** Virtual epoch milliseconds. */
  readonly nowMs: number;
  /** Timers that have not fired yet: 0 once everything has settled. */
  readonly pendingTimers: number;
}

/**
 * Makes a runtime whose clock moves as fast as its runs allow, with chance and ids that a seed decides.
 *
 * Backoffs, timeouts, deadlines and `context.sleep` (also inside steps) wait in virtual time. Files and sockets are real:
 * while they work and no timer is due, time stands still; where one is due, tell `standStill` or `ioWaitMs` to wait for
 * them. What happens at one virtual moment happens in the order in which it was begun.
 *
 * @throws TypeError or RangeError for wrong options. A run that waits for something outside virtual time rejects after
 *   `stallMs` real milliseconds, with an error that says so
 * @example
 * ```ts
 * import { retry } from "@tta-dev/primitives";
 * import { virtualRuntime } from "@tta-dev/primitives/testing";
 *
 * const virtual = virtualRuntime();
 * const patient = retry(async (id: string) => id, { attempts: 5, backoff: { kind: "constant", delayMs: 900_000 } });
 * const reply = await virtual.execute(patient, "a");
 * ```
 */
export function virtualRuntime(options: VirtualRuntimeOptions = {}): VirtualRuntime {
  const { seed = "virtual", startMs, ...timing } = options;
  checkOptionalNumber(startMs, "virtualRuntime({ startMs })", { min: 0 });
  checkOptionalNumber(timing.ioWaitMs, "virtualRuntime({ ioWaitMs })", DURATION);
  checkOptionalNumber(timing.stallMs, "virtualRuntime({ stallMs })", POSITIVE_DURATION);
  const clock = new VirtualClock(startMs);
  const time = new VirtualTime(clock, timing);
  let runs = 0;
  const virtual: VirtualRuntime = {
    start({ scope, home }) {
      const own = `${seed}/${runs++}`;
      return new InProcessRuntime(scope, home, {
        kind: "virtual",
        clock,
        random: seeded(own),
        // A stream of its own: whether anybody asks for an id depends on telemetry.
        newId: seededIds(`${own}/ids`),
      });
    },
    execute: (primitive, input, init) =>
      time.run(() => primitive.execute(input, { ...init, runtime: virtual })),
    run: (work) => time.run(work),
    advance: (ms) => time.advance(ms),
    standStill: (work) => time.standStill(work),
    get nowMs() {
      return clock.now();
    },
    get pendingTimers() {
      return clock.pendingTimers;
    },
  };
  return virtual;
}
