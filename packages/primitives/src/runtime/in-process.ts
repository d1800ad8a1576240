import { CancelledError, WaitTimeoutError } from "../errors.ts";
import { realClock, type Clock } from "./clock.ts";
import { join } from "./join.ts";
import type { RunDeadline } from "./deadline.ts";
import type { Mailbox } from "./mailbox.ts";
import type {
  Branch,
  ForkDriver,
  Join,
  JoinPolicy,
  Outcome,
  Runtime,
  StepOptions,
  StepScope,
  WaitOptions,
} from "./port.ts";
import { Scope } from "./scope.ts";
import { waitWithin } from "./wait-within.ts";

/** What one in-process run and all its branches have in common. */
export interface Machine {
  readonly kind: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
}

/** What waits of a run need to know of it. */
export interface RunHome {
  /** Where `signal()` leaves what the run waits for. */
  mailbox(): Mailbox;
  /** Stands still while the run waits for a person. */
  readonly deadline: RunDeadline | undefined;
}

/** The machine's own clock and chance. */
export const realMachine: Machine = {
  kind: "in-process",
  clock: realClock,
  random: Math.random,
  newId: () => crypto.randomUUID(),
};

/** Runs a branch where it was called: nothing is journaled, time is the machine's. One object per branch. */
export class InProcessRuntime implements Runtime {
  readonly inline = true;
  readonly replaying = false;
  readonly scope: Scope;
  readonly #machine: Machine;
  readonly #clock: Clock;
  readonly #home: RunHome;
  #ended: AbortController | undefined = undefined;
  #isOver = false;

  constructor(scope: Scope, home: RunHome, machine: Machine) {
    this.scope = scope;
    this.#home = home;
    this.#machine = machine;
    this.#clock = machine.clock;
  }

  get kind(): string {
    return this.#machine.kind;
  }
  get wallClock(): boolean {
    return this.#clock.real;
  }
  get signal(): AbortSignal {
    return this.scope.signal;
  }
  get ended(): AbortSignal {
    this.#ended ??= new AbortController();
    if (this.#isOver) this.#ended.abort();
    return this.#ended.signal;
  }
  now(): number {
    return this.#clock.now();
  }
  elapsed(): number {
    return this.#clock.elapsed();
  }
  random(): number {
    return this.#machine.random();
  }
  newId(): string {
    return this.#machine.newId();
  }
  /** The same machine for a branch or a nested scope. */
  within(scope: Scope): InProcessRuntime {
    return new InProcessRuntime(scope, this.#home, this.#machine);
  }
  startTimer(delayMs: number, fire: () => void): () => void {
    return this.#clock.startTimer(delayMs, fire);
  }
  /** Tells whoever holds `ended` that the branch is over. */
  end(): void {
    this.#isOver = true;
    this.#ended?.abort();
    this.scope.dispose();
  }

  sleep(_path: string, ms: number): Promise<void> {
    return waitWithin<void>(this.scope, (resolve) => this.#clock.startTimer(ms, resolve));
  }

  waitFor<T>(_path: string, event: string, { timeoutMs }: WaitOptions): Promise<T> {
    return waitWithin<T>(this.scope, (resolve, reject) => {
      const { deadline } = this.#home;
      deadline?.pause();
      const untake = this.#home.mailbox().take(event, (payload) => resolve(payload as T));
      const stopTimer =
        timeoutMs === undefined
          ? undefined
          : this.#clock.startTimer(timeoutMs, () =>
              reject(
                new WaitTimeoutError(
                  `nobody answered "${event}" within ${timeoutMs} ms`,
                  timeoutMs,
                ),
              ),
            );
      return () => {
        stopTimer?.();
        untake();
        deadline?.resume();
      };
    });
  }

  step<O>(_path: string, run: (scope: StepScope) => Promise<O>, options?: StepOptions): Promise<O> {
    if (this.scope.stopped) return Promise.reject(this.scope.reason);
    return run({ signal: this.scope.signal, state: options!.state });
  }

  async shielded<O>(run: () => Promise<O>): Promise<O> {
    return run();
  }

  async fork(_path: string, branches: readonly Branch[], policy: JoinPolicy): Promise<Join> {
    const driver = new LocalForkDriver(this, branches, policy.timeoutMs);
    try {
      const result = await join(driver, branches.length, policy);
      if (result.reason === "failed" || result.reason === "timeout") driver.abandon();
      return result;
    } finally {
      driver.dispose();
    }
  }
}

type Settled = { readonly index: number; readonly outcome: Outcome };

/** Starts branches in place and tells the join machine, in the order they happen, what became of them. */
class LocalForkDriver implements ForkDriver {
  readonly #runtime: InProcessRuntime;
  readonly #branches: readonly Branch[];
  readonly #timeoutMs: number | undefined;
  readonly #scopes: (Scope | undefined)[] = [];
  readonly #settled: Settled[] = [];
  readonly #unlisten: () => void;
  readonly #startedAt: number;
  #cancelled = false;
  #wake: (() => void) | undefined = undefined;

  constructor(
    runtime: InProcessRuntime,
    branches: readonly Branch[],
    timeoutMs: number | undefined,
  ) {
    this.#runtime = runtime;
    this.#branches = branches;
    this.#timeoutMs = timeoutMs;
    this.#startedAt = runtime.elapsed();
    this.#unlisten = runtime.scope.onAbort(() => {
      this.#cancelled = true;
      this.#wake?.();
    });
  }

  now(): number {
    return this.#runtime.elapsed();
  }

  cancelReason(): unknown {
    return this.#runtime.scope.reason;
  }

  start(index: number): void {
    const scope = new Scope(this.#runtime.scope);
    if (this.#timeoutMs !== undefined) scope.setDeadline(this.#startedAt + this.#timeoutMs);
    this.#scopes[index] = scope;
    const runtime = this.#runtime.within(scope);
    const settle = (outcome: Outcome): void => {
      runtime.end();
      this.#settled.push({ index, outcome });
      this.#wake?.();
    };
    this.#branches[index]!.run(runtime).then(
      (value) => settle({ status: "fulfilled", value }),
      (error: unknown) => settle({ status: "rejected", error }),
    );
  }

  async next(wait: {
    deadline?: number | undefined;
    cancellable: boolean;
  }): Promise<Settled | "deadline" | "cancelled"> {
    for (;;) {
      const first = this.#settled.shift();
      if (first !== undefined) return first;
      if (wait.cancellable && this.#cancelled) return "cancelled";
      const leftMs = wait.deadline === undefined ? undefined : wait.deadline - this.now();
      // A grace of 0 ms still gives well-behaved work one turn of the timers to stop in.
      const isExpired = await this.#sleepUntilNews(
        this.#isShielded(wait.cancellable) ? undefined : leftMs,
      );
      if (isExpired && this.#settled.length === 0) return "deadline";
    }
  }

  cancel(indexes: readonly number[], reason: unknown): void {
    for (const index of indexes) this.#scopes[index]!.abort(reason);
  }

  /** Nobody will use what the branches returned: streams among it are over. */
  abandon(): void {
    const reason = new CancelledError("another branch decided the outcome");
    for (const scope of this.#scopes) scope?.abort(reason);
  }

  dispose(): void {
    this.#unlisten();
  }

  /** A branch that compensates is waited for beyond the grace period, unless the fork has a time limit of its own. */
  #isShielded(isRunning: boolean): boolean {
    return (
      !isRunning &&
      this.#timeoutMs === undefined &&
      this.#scopes.some((scope) => scope !== undefined && scope.shields > 0)
    );
  }

  #sleepUntilNews(leftMs: number | undefined): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const stopTimer =
      leftMs === undefined
        ? undefined
        : this.#runtime.startTimer(Math.max(0, leftMs), () => resolve(true));
    this.#wake = () => {
      stopTimer?.();
      this.#wake = undefined;
      resolve(false);
    };
    return promise;
  }
}
