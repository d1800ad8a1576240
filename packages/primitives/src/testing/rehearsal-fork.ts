import { overTheWire } from "../runtime/codec.ts";
import { thrownFromJson, thrownToJson } from "../runtime/error-json.ts";
import type { Branch, ForkDriver, JoinPolicy, Outcome } from "../runtime/port.ts";
import { LIMIT_RANK } from "./rehearsal-attempt.ts";
import { viewOf } from "./outcome-view.ts";
import type { RehearsalRuntime } from "./rehearsal-runtime.ts";

/** What the journal of the branch that forks holds of one event. */
type Event = "deadline" | "cancelled" | { readonly index: number; readonly view: string };

type Wait = Parameters<ForkDriver["next"]>[0];

/** Runs branches at once, each from a journal of its own, and hands out what happens in an order that replays repeat. */
export class RehearsalFork implements ForkDriver {
  readonly #parent: RehearsalRuntime;
  readonly #path: string;
  readonly #branches: readonly Branch[];
  readonly #policy: JoinPolicy;
  readonly #runtimes: (RehearsalRuntime | undefined)[] = [];
  readonly #outcomes = new Map<number, Outcome>();
  /** Settled branches that nobody was told of yet. */
  readonly #news: number[] = [];
  #wake: (() => void) | undefined = undefined;

  constructor(
    parent: RehearsalRuntime,
    fork: {
      readonly path: string;
      readonly branches: readonly Branch[];
      readonly policy: JoinPolicy;
    },
  ) {
    this.#parent = parent;
    this.#path = fork.path;
    this.#branches = fork.branches;
    this.#policy = fork.policy;
  }

  now(): number {
    return this.#parent.elapsed();
  }

  cancelReason(): unknown {
    return this.#parent.signal.reason;
  }

  start(index: number): void {
    const branch = this.#branches[index]!;
    const { attempt } = this.#parent;
    if (attempt.isOver) return;
    const runtime = this.#parent.branch(branch.path);
    this.#runtimes[index] = runtime;
    attempt.checkLoss(branch.input, `branch "${branch.path}"`, "its input");
    const run = async (): Promise<unknown> =>
      this.#sent(branch.path, await branch.run(runtime, overTheWire(branch.input)));
    const settle = (outcome: Outcome): void => {
      runtime.settled();
      this.#outcomes.set(index, outcome);
      this.#news.push(index);
      this.#wake?.();
    };
    run().then(
      (value) => settle({ status: "fulfilled", value }),
      (error: unknown) => {
        attempt.checkError(error);
        settle({ status: "rejected", error: thrownFromJson(thrownToJson(error)) });
      },
    );
  }

  async next(wait: Wait): Promise<{ index: number; outcome: Outcome } | "deadline" | "cancelled"> {
    const event = (await this.#parent.join(
      this.#path,
      (signal) => this.#happens(wait, signal),
      wait.cancellable,
    )) as Event;
    if (typeof event === "string") return event;
    const { index, view } = event;
    const told = this.#news.indexOf(index);
    if (told >= 0) this.#news.splice(told, 1);
    // A replay hears of it when the journal says, and the branch may take another moment.
    while (!this.#outcomes.has(index)) await this.#sleepUntilNews();
    const outcome = this.#outcomes.get(index)!;
    const ending = viewOf(outcome);
    const { path } = this.#branches[index]!;
    if (ending !== view)
      this.#parent.attempt.problem(
        `replay of "${path}": it ended with ${ending} where ${view} is in the journal`,
        `ending of ${path}`,
      );
    return { index, outcome };
  }

  cancel(indexes: readonly number[], reason: unknown): void {
    for (const index of indexes) this.#runtimes[index]!.requestCancel(reason);
  }

  /** Branches that have not settled by now are left behind. */
  end(): void {
    for (const runtime of this.#runtimes) runtime?.end();
  }

  async #happens({ deadline, cancellable }: Wait, signal: AbortSignal): Promise<Event> {
    for (;;) {
      const index = this.#news[0];
      if (index !== undefined) return { index, view: viewOf(this.#outcomes.get(index)!) };
      if (cancellable && signal.aborted) return "cancelled";
      const until = this.#isShielded(cancellable) ? undefined : deadline;
      const { clock } = this.#parent.attempt;
      if (until !== undefined && until < clock.elapsed()) return "deadline";
      const isExpired = await this.#sleepUntilNews(until, signal);
      if (isExpired && this.#news.length === 0) return "deadline";
    }
  }

  /** A branch that compensates is waited for beyond the grace period, unless the fork has a time limit of its own. */
  #isShielded(isRunning: boolean): boolean {
    const { timeoutMs } = this.#policy;
    return (
      !isRunning &&
      timeoutMs === undefined &&
      this.#runtimes.some((runtime) => runtime !== undefined && runtime.shields > 0)
    );
  }

  async #sleepUntilNews(until?: number, signal?: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { clock } = this.#parent.attempt;
    const wake = (): void => resolve(false);
    const stopTimer =
      until === undefined ? undefined : clock.startRanked(until, LIMIT_RANK, () => resolve(true));
    this.#wake = wake;
    signal?.addEventListener("abort", wake);
    try {
      return await promise;
    } finally {
      stopTimer?.();
      this.#wake = undefined;
      signal?.removeEventListener("abort", wake);
    }
  }

  #sent(path: string, value: unknown): unknown {
    this.#parent.attempt.checkLoss(value, `branch "${path}"`, "its result");
    return overTheWire(value);
  }
}
