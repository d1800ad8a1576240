import { DeadlineExceededError } from "../errors.ts";
import type { InProcessRuntime } from "./in-process.ts";

/** The deadline of a run: stops it when the time is up, and stands still while the run waits for a person. */
export class RunDeadline {
  readonly #runtime: InProcessRuntime;
  #leftMs: number;
  #startedAt = 0;
  #stopTimer: (() => void) | undefined = undefined;
  #pauses = 0;
  #isOver = false;

  constructor(runtime: InProcessRuntime, leftMs: number) {
    this.#runtime = runtime;
    this.#leftMs = leftMs;
    this.#start();
  }

  pause(): void {
    if (this.#pauses++ > 0) return;
    this.#stopTimer?.();
    this.#leftMs -= this.#runtime.elapsed() - this.#startedAt;
    this.#runtime.scope.setDeadline(Infinity);
  }

  resume(): void {
    if (--this.#pauses === 0 && !this.#isOver) this.#start();
  }

  /** For good: a wait that ends after its run starts the clock no more. */
  stop(): void {
    this.#isOver = true;
    this.#stopTimer?.();
  }

  #start(): void {
    const runtime = this.#runtime;
    this.#startedAt = runtime.elapsed();
    runtime.scope.setDeadline(this.#startedAt + this.#leftMs);
    this.#stopTimer = runtime.startTimer(Math.max(0, this.#leftMs), () =>
      runtime.scope.abort(new DeadlineExceededError("the deadline of the run has passed")),
    );
  }
}
