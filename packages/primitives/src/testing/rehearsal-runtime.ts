import { WaitTimeoutError } from "../errors.ts";
import { decode, encode, overTheWire } from "../runtime/codec.ts";
import { thrownFromJson, thrownToJson, type ThrownJson } from "../runtime/error-json.ts";
import type { Machine } from "../runtime/in-process.ts";
import { join } from "../runtime/join.ts";
import type {
  Branch,
  Join,
  JoinPolicy,
  Runtime,
  StepOptions,
  StepScope,
  WaitOptions,
} from "../runtime/port.ts";
import type { Attempt } from "./rehearsal-attempt.ts";
import { nap, neverEnds, resultOf, type Body } from "./rehearsal-body.ts";
import { RehearsalFork } from "./rehearsal-fork.ts";
import type { JournalEntry } from "./rehearsal-journal.ts";
import { seeded, seededIds } from "./seeded.ts";

/** An operation that is not in the journal yet. */
interface LiveOperation {
  /** What it is cancelled by: nothing, inside a shield. */
  readonly signal: AbortSignal;
  cancelled: ThrownJson | undefined;
}

interface OperationKind {
  /** False for what hears that the branch is cancelled, but goes on. @default true */
  readonly isCancellable?: boolean;
  /** True where it only waits for what others do, and does nothing itself. @default false */
  readonly isPassive?: boolean;
}

const NEVER_ABORTED = new AbortController().signal;

/** Runs one branch as a durable engine does: one operation at a time, each through JSON and a journal. */
export class RehearsalRuntime implements Runtime {
  readonly kind = "rehearsal";
  readonly inline = false;
  readonly wallClock = false;
  readonly machine: Machine;
  readonly attempt: Attempt;
  readonly random: () => number;
  readonly newId: () => string;
  readonly #id: string;
  readonly #parent: RehearsalRuntime | undefined;
  readonly #entries: JournalEntry[];
  /** Operations that the journal knew when this process began. */
  readonly #known: number;
  readonly #stop = new AbortController();
  readonly #ended = new AbortController();
  #cursor = 0;
  #atMs: number;
  #ownShields = 0;
  /** Compensations under way here and below. */
  shields = 0;
  #request: { readonly reason: unknown } | undefined = undefined;
  #live: LiveOperation | undefined = undefined;

  constructor(attempt: Attempt, path: string, parent?: RehearsalRuntime) {
    this.attempt = attempt;
    this.#parent = parent;
    this.#id = attempt.open(this, path);
    this.#entries = attempt.plan.journal.entriesOf(this.#id);
    this.#known = this.#entries.length;
    this.#atMs = parent === undefined ? 0 : parent.elapsed();
    const seed = `${attempt.plan.seed}/${this.#id}`;
    this.random = seeded(seed);
    this.newId = seededIds(`${seed}/ids`);
    this.machine = {
      kind: "in-step",
      clock: attempt.clock,
      random: seeded(`${seed}/steps`),
      newId: seededIds(`${seed}/step-ids`),
    };
  }

  get replaying(): boolean {
    return this.attempt.isOver || this.#cursor < this.#known;
  }
  get signal(): AbortSignal {
    return this.#stop.signal;
  }
  get ended(): AbortSignal {
    return this.#ended.signal;
  }
  now(): number {
    const { clock } = this.attempt;
    return clock.now() - clock.elapsed() + this.#atMs;
  }
  elapsed(): number {
    return this.#atMs;
  }

  /** One branch of this one, on a journal of its own. */
  branch(path: string): RehearsalRuntime {
    return new RehearsalRuntime(this.attempt, path, this);
  }

  /** Cancels the branch: it hears of it in the operation that is under way, or else in the next. */
  requestCancel(reason: unknown): void {
    if (this.#request !== undefined) return;
    this.#request = { reason: overTheWire({ reason }).reason };
    this.#hearOfCancel();
  }

  /** The branch has settled: the last thing its journal gets to know. */
  settled(): void {
    if (this.attempt.isOver || this.#ended.signal.aborted) return;
    this.#goOn("end");
    this.end();
  }

  /** This process works on the branch no longer. */
  end(): void {
    this.attempt.close(this);
    this.#ended.abort();
  }

  async step<O>(
    path: string,
    run: (scope: StepScope) => Promise<O>,
    options?: StepOptions,
  ): Promise<O> {
    const { state } = options!;
    const body = await this.#operate(`step ${path}`, async (signal) => {
      if (signal.aborted) return { isStopped: true };
      const own = state.fork();
      const outcome = await this.#outcomeOf(path, signal, () => run({ signal, state: own }));
      const writes = own.writes();
      for (const [key, value] of writes)
        this.attempt.checkLoss(value, `step "${path}"`, `state "${key}"`);
      return { ...outcome, ...(writes.length > 0 && { writes }) };
    });
    state.merge(body.writes ?? []);
    return resultOf(body, this.signal) as O;
  }

  async sleep(path: string, ms: number): Promise<void> {
    const { clock } = this.attempt;
    resultOf(await this.#operate(`sleep ${path}`, (signal) => nap(clock, ms, signal)), this.signal);
  }

  async waitFor<T>(path: string, event: string, { timeoutMs }: WaitOptions): Promise<T> {
    const body = await this.#operate(`wait ${path}`, async (signal): Promise<Body> => {
      const { signals, endsByItself } = this.attempt.plan;
      if (signal.aborted) return { isStopped: true };
      if (Object.hasOwn(signals, event)) return { value: signals[event] };
      if (timeoutMs === undefined && !endsByItself)
        return this.attempt.fail(
          new TypeError(
            `rehearse({ signals }): expected an answer to "${event}", which "${path}" waits for`,
          ),
        );
      const { isStopped } = await nap(this.attempt.clock, timeoutMs ?? Infinity, signal);
      if (isStopped === true) return { isStopped };
      const message = `nobody answered "${event}" within ${timeoutMs} ms`;
      return { thrown: thrownToJson(new WaitTimeoutError(message, timeoutMs!)) };
    });
    return resultOf(body, this.signal) as T;
  }

  async fork(path: string, branches: readonly Branch[], policy: JoinPolicy): Promise<Join> {
    if (!this.#goOn(`fork ${path}`)) return neverEnds();
    const fork = new RehearsalFork(this, { path, branches, policy });
    try {
      return await join(fork, branches.length, policy);
    } finally {
      fork.end();
    }
  }

  async shielded<O>(run: () => Promise<O>): Promise<O> {
    this.#ownShields++;
    this.#shield(1);
    try {
      return await run();
    } finally {
      this.#shield(-1);
      this.#ownShields--;
    }
  }

  /** An operation of a fork: what happens next in it. */
  async join(
    path: string,
    next: (signal: AbortSignal) => Promise<unknown>,
    isCancellable: boolean,
  ): Promise<unknown> {
    const run = async (signal: AbortSignal): Promise<Body> => ({ value: await next(signal) });
    return (await this.#operate(`join ${path}`, run, { isCancellable, isPassive: true })).value;
  }

  /** What the journal holds is fed back; anything else runs, and is recorded. */
  async #operate(
    operation: string,
    run: (signal: AbortSignal) => Promise<Body>,
    { isCancellable = true, isPassive = false }: OperationKind = {},
  ): Promise<Body> {
    const { attempt } = this;
    const position = this.#cursor;
    if (isCancellable && this.#ownShields === 0 && !this.#isOver) this.signal.throwIfAborted();
    const entry = this.#goOn(operation);
    if (entry === undefined) return neverEnds();
    let record = entry.record ?? attempt.expected(this.#id, position, operation);
    if (record !== undefined) await attempt.momentOf(record);
    else {
      if (!isPassive) await attempt.shuffle(this.#id, position);
      const json = await this.#runLive(run);
      if (!isPassive) await attempt.turn();
      record = { order: attempt.plan.journal.nextOrder(), atMs: attempt.clock.elapsed(), json };
    }
    if (this.#isOver) return neverEnds();
    this.#atMs = record.atMs;
    if (entry.record === undefined) attempt.record(entry, record);
    if (this.#isOver) return neverEnds();
    const body = decode(record.json) as Body;
    if (body.cancelled !== undefined) this.#stop.abort(thrownFromJson(body.cancelled));
    return body;
  }

  /** The journal's next entry, which is this operation; undefined where this process comes no further. */
  #goOn(operation: string): JournalEntry | undefined {
    if (this.#isOver) return undefined;
    const begun = this.#entries[this.#cursor++];
    if (begun !== undefined && begun.operation !== operation) {
      this.attempt.problem(
        `replay of "${this.#id}": "${operation}" where "${begun.operation}" is in the journal`,
      );
      this.attempt.end();
    }
    const entry = begun ?? this.attempt.begin(this.#entries, operation);
    return this.#isOver ? undefined : entry;
  }

  async #runLive(run: (signal: AbortSignal) => Promise<Body>): Promise<string> {
    const signal = this.#ownShields > 0 ? NEVER_ABORTED : this.signal;
    const live: LiveOperation = { signal, cancelled: undefined };
    this.#live = live;
    this.#hearOfCancel();
    try {
      const body = await run(signal);
      return encode({ ...body, cancelled: live.cancelled })!;
    } finally {
      this.#live = undefined;
    }
  }

  /** Only an operation hears that the branch is cancelled: between two, a replay could not tell when it came. */
  #hearOfCancel(): void {
    const live = this.#live;
    if (this.#request === undefined || live === undefined || this.signal.aborted) return;
    live.cancelled = thrownToJson(this.#request.reason);
    this.#stop.abort(this.#request.reason);
  }

  async #outcomeOf(path: string, signal: AbortSignal, run: () => Promise<unknown>): Promise<Body> {
    try {
      const value = await run();
      this.attempt.checkLoss(value, `step "${path}"`, "its result");
      encode(value);
      return { value };
    } catch (error) {
      if (signal.aborted && error === signal.reason) return { isStopped: true };
      return { thrown: thrownToJson(error) };
    }
  }

  #shield(change: 1 | -1): void {
    this.shields += change;
    if (this.#parent !== undefined) this.#parent.#shield(change);
  }

  get #isOver(): boolean {
    return this.attempt.isOver || this.#ended.signal.aborted;
  }
}
