import type { WorkflowContext } from "../context.ts";
import type { Machine } from "./in-process.ts";
import type { State } from "./state.ts";

/**
 * The only way out of a composite: waiting, time, chance, leaves and concurrency go through here.
 *
 * One implementation runs in the process, one in virtual time, one rehearses a journal in memory; durable engines
 * supply theirs. Composites are plain async functions and never ask which one it is.
 */
export interface Runtime {
  /** For telemetry only: a primitive never branches on it. */
  readonly kind: string;
  /** True where nothing is journaled, so that a leaf may be called in place, without `step`. */
  readonly inline: boolean;
  /** True where `now()` is the machine's clock, so that spans may take their own timestamps. */
  readonly wallClock: boolean;
  /** True while results recorded earlier are fed back: what ends meanwhile was already counted and traced. */
  readonly replaying: boolean;
  /** What runs inside a journaled step gets time, chance and ids from here. @default the machine's own */
  readonly machine?: Machine;
  /** Aborted when this branch is cancelled, as its journal says. */
  readonly signal: AbortSignal;
  /** Aborted when this process stops working on the branch: settled, suspended or lost. Release gauges, slots and listeners here. */
  readonly ended: AbortSignal;
  /** Epoch milliseconds of the last recorded event; the wall clock in the process. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  elapsed(): number;
  /** [0, 1); seeded by run and branch on durable runtimes. */
  random(): number;
  newId(): string;
  /** Rejects with the reason when the branch is cancelled. The wake-up moment survives a kill. */
  sleep(path: string, ms: number): Promise<void>;
  /** Waits for a person, a webhook or another run: minutes or days. */
  waitFor<T>(path: string, event: string, options: WaitOptions): Promise<T>;
  /** Runs a leaf, or a decision that reads anything but its input: result, error and state writes are recorded. */
  step<O>(path: string, run: (scope: StepScope) => Promise<O>, options?: StepOptions): Promise<O>;
  /** The only concurrency. Resolves when the policy is met and the losers have stopped, or the grace period is over. */
  fork(path: string, branches: readonly Branch[], policy: JoinPolicy): Promise<Join>;
  /** Inside, cancellation is not observed: compensations. */
  shielded<O>(run: () => Promise<O>): Promise<O>;
}

/** What a journaled leaf may touch. Below it every primitive runs in the process, as part of that one step. */
export interface StepScope {
  readonly signal: AbortSignal;
  readonly state: State;
}

export interface StepOptions {
  readonly state: State;
  /** How long a cancelled step may take to stop, in milliseconds. */
  readonly graceMs?: number;
}

export interface WaitOptions {
  /** Milliseconds after which nobody is waited for any longer. */
  readonly timeoutMs?: number;
}

/** One branch of a fork. Engines find it by `path` in the registered tree; in the process `run` starts it. */
export interface Branch {
  readonly path: string;
  readonly input: unknown;
  readonly context: WorkflowContext;
  readonly state: State;
  /** @param input As it came over the wire, where there was one */
  run(runtime: Runtime, input?: unknown): Promise<unknown>;
}

export interface JoinPolicy {
  /** `"first"`: the first branch to settle decides, also by failing; `{ quorum: 1 }`: the first success. */
  readonly until: "all" | "settled" | "first" | { readonly quorum: number };
  /** Branches running at once. @default all */
  readonly concurrency?: number;
  /**
   * Starts one branch, and another each time this many milliseconds have passed, or as soon as one has settled without
   * deciding. What was never started is `skipped`. @default all start at once
   */
  readonly staggerMs?: number;
  /** A limit for the whole fork; on expiry the running branches are cancelled and `reason` is "timeout". */
  readonly timeoutMs?: number;
  /** What cancelled branches are told when the limit expires. @default a CancelledError */
  readonly timeoutReason?: () => unknown;
  /** How long cancelled branches may take to stop before they count as orphaned. @default 1000 */
  readonly graceMs?: number;
}

export interface Join<O = unknown> {
  readonly reason: "done" | "failed" | "first" | "quorum" | "timeout";
  /** The branch that decided: winner of a race, first failure. */
  readonly index?: number;
  readonly outcomes: readonly Outcome<O>[];
  /** Indexes in the order they settled. */
  readonly order: readonly number[];
}

export type Outcome<O = unknown> =
  | { readonly status: "fulfilled"; readonly value: O }
  | { readonly status: "rejected"; readonly error: unknown }
  | { readonly status: "cancelled" }
  | { readonly status: "orphaned" }
  | { readonly status: "skipped" };

/** What an engine supplies; one join machine turns it into `fork` for every runtime. */
export interface ForkDriver {
  start(index: number): void | Promise<void>;
  /** The next thing that happens, in an order that a replay repeats. */
  next(wait: {
    readonly deadline?: number | undefined;
    readonly cancellable: boolean;
  }): Promise<{ readonly index: number; readonly outcome: Outcome } | "deadline" | "cancelled">;
  cancel(indexes: readonly number[], reason: unknown): void | Promise<void>;
  now(): number;
  /** What a cancellation from outside is rejected with. */
  cancelReason(): unknown;
}

/** How long cancelled work may take to stop, unless a primitive says otherwise. */
export const DEFAULT_GRACE_MS = 1000;
