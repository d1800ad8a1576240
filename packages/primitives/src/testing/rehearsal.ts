import type { ContextInit } from "../context.ts";
import { DeadlineExceededError } from "../errors.ts";
import { checkOptionalNumber, COUNT, DURATION, POSITIVE_DURATION } from "../options.ts";
import type { Primitive } from "../primitive.ts";
import { overTheWire } from "../runtime/codec.ts";
import { thrownFromJson, thrownToJson } from "../runtime/error-json.ts";
import { findLoss } from "../runtime/json-loss.ts";
import { viewOf } from "./outcome-view.ts";
import { Attempt, LIMIT_RANK } from "./rehearsal-attempt.ts";
import { Journal } from "./rehearsal-journal.ts";
import { RehearsalRuntime } from "./rehearsal-runtime.ts";
import {
  DEFAULT_STALL_MS,
  StalledError,
  VirtualTime,
  type VirtualTimeOptions,
} from "./virtual-time.ts";

const REPLAY_STALL_MS = 500;

export interface RehearseOptions extends VirtualTimeOptions {
  /** Answers to `waitFor`, by name. */
  readonly signals?: Readonly<Record<string, unknown>>;
  /** Fields of the run. */
  readonly context?: Omit<ContextInit, "runtime" | "signal" | "timeoutMs" | "deadlineMs">;
  /** Cancels the run after this many virtual milliseconds. */
  readonly abort?: { readonly afterMs: number; readonly reason?: unknown };
  /** Time the run may take, in virtual milliseconds. */
  readonly timeoutMs?: number;
  /** What chance and ids come from. @default "rehearsal" */
  readonly seed?: string | number;
  /** Runs what could run at one moment in an order that this seed decides. @default in the order in which it was begun */
  readonly shuffle?: string | number;
  /**
   * True: steps past a kill run again, as they would, instead of giving what they gave in the run without a kill. It finds
   * steps that lean on what earlier ones left in memory. Only for steps that always give the same. @default false
   */
  readonly rerunSteps?: boolean;
  /** Kills and recoveries at most; of more, some are picked. @default 200 */
  readonly maxReplays?: number;
}

/** A primitive, or what makes it: each process then has one of its own, with nothing in its memory. */
export type Rehearsable<I, O> = Primitive<I, O> | (() => Primitive<I, O>);

/** How a rehearsed run ended. */
type RehearsedOutcome<O> = PromiseSettledResult<O>;

/** Rehearses one primitive with one input; `rehearse` does all of it. */
export class Rehearsal<I, O> {
  /** One of a kind. */
  readonly problems = new Map<string, string>();
  /** Of the run without a kill. */
  readonly journal = new Journal();
  readonly #primitive: Rehearsable<I, O>;
  readonly #input: I;
  readonly #options: RehearseOptions;
  /** True once a recovery never ended: others would take as long to find the same. */
  isStuck = false;

  constructor(primitive: Rehearsable<I, O>, input: I, options: RehearseOptions) {
    checkOptionalNumber(options.maxReplays, "rehearse({ maxReplays })", COUNT);
    checkOptionalNumber(options.timeoutMs, "rehearse({ timeoutMs })", POSITIVE_DURATION);
    checkOptionalNumber(options.abort?.afterMs, "rehearse({ abort: { afterMs } })", DURATION);
    this.#primitive = primitive;
    this.#input = input;
    this.#options = options;
    const loss = findLoss(input, "the input");
    if (loss !== undefined) this.problems.set("input", loss);
  }

  /** The run without a kill. */
  async perform(): Promise<RehearsedOutcome<O>> {
    return (await this.#attempt({ journal: this.journal, original: undefined }))!;
  }

  /**
   * The run again: its process is lost right after the given event of its journal, and another one recovers it.
   *
   * @returns undefined where the recovery does not follow the journal, which is a problem
   */
  async recover(killAt: number): Promise<RehearsedOutcome<O> | undefined> {
    const journal = new Journal(this.journal);
    try {
      await this.#attempt({ journal, original: this.journal, killAt });
      return await this.#attempt({ journal, original: this.journal });
    } catch (error) {
      if (!(error instanceof StalledError)) throw error;
      this.isStuck = true;
      this.problems.set("stuck", `recovered after event ${killAt} of the journal it never ends`);
      return undefined;
    }
  }

  async #attempt(what: {
    readonly journal: Journal;
    readonly original: Journal | undefined;
    readonly killAt?: number;
  }): Promise<RehearsedOutcome<O> | undefined> {
    const { signals = {}, abort, timeoutMs, seed = "rehearsal", shuffle } = this.#options;
    const attempt = new Attempt({
      killAt: undefined,
      ...what,
      problems: this.problems,
      rerunSteps: this.#options.rerunSteps === true,
      seed: String(seed),
      shuffle: shuffle === undefined ? undefined : String(shuffle),
      signals,
      endsByItself: abort !== undefined || timeoutMs !== undefined,
    });
    const { ioWaitMs, stallMs = DEFAULT_STALL_MS } = this.#options;
    const time = new VirtualTime(attempt.clock, {
      ...(ioWaitMs !== undefined && { ioWaitMs }),
      // A replay has everything it needs.
      stallMs: what.original === undefined ? stallMs : Math.min(stallMs, REPLAY_STALL_MS),
    });
    try {
      return await time.run(() => Promise.race([this.#execute(attempt), attempt.lost]));
    } finally {
      attempt.end();
    }
  }

  async #execute(attempt: Attempt): Promise<RehearsedOutcome<O>> {
    let root: RehearsalRuntime | undefined;
    const { context, abort, timeoutMs } = this.#options;
    const start: NonNullable<ContextInit["runtime"]>["start"] = ({ scope }) => {
      const runtime = (root = new RehearsalRuntime(attempt, "run"));
      runtime.signal.addEventListener("abort", () => scope.abort(runtime.signal.reason));
      const cancelAt = (afterMs: number, reason: unknown): void => {
        attempt.clock.startRanked(afterMs, LIMIT_RANK, () => runtime.requestCancel(reason));
      };
      if (abort !== undefined)
        cancelAt(abort.afterMs, abort.reason ?? new DOMException("aborted", "AbortError"));
      if (timeoutMs !== undefined) {
        scope.setDeadline(timeoutMs);
        cancelAt(timeoutMs, new DeadlineExceededError("the deadline of the run has passed"));
      }
      return runtime;
    };
    const init = { workflowId: "rehearsal", ...context, runtime: { start } };
    const primitive = typeof this.#primitive === "function" ? this.#primitive() : this.#primitive;
    const [outcome] = await Promise.allSettled([primitive.execute(overTheWire(this.#input), init)]);
    root?.settled();
    return this.#sent(attempt, outcome);
  }

  /** The outcome as whoever started the run gets it. */
  #sent(attempt: Attempt, outcome: RehearsedOutcome<O>): RehearsedOutcome<O> {
    if (outcome.status === "rejected") {
      attempt.checkError(outcome.reason);
      return { status: "rejected", reason: thrownFromJson(thrownToJson(outcome.reason)) };
    }
    attempt.checkLoss(outcome.value, "the run", "its result");
    try {
      return { status: "fulfilled", value: overTheWire(outcome.value) };
    } catch (error) {
      return { status: "rejected", reason: error };
    }
  }

  /** Compares what a recovery gave with the run without a kill. */
  compare(killAt: number, wanted: RehearsedOutcome<O>, got: RehearsedOutcome<O> | undefined): void {
    if (got === undefined || viewOf(got) === viewOf(wanted) || this.problems.has("ending")) return;
    this.problems.set(
      "ending",
      `recovered after event ${killAt} of the journal it ended with ${viewOf(got)} instead of ${viewOf(wanted)}`,
    );
  }
}
