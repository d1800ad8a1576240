import { isWorkflowError } from "../errors.ts";
import { findLoss } from "../runtime/json-loss.ts";
import { neverEnds } from "./rehearsal-body.ts";
import type { Journal, JournalEntry, JournalRecord } from "./rehearsal-journal.ts";
import type { RehearsalRuntime } from "./rehearsal-runtime.ts";
import { seeded } from "./seeded.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface AttemptPlan {
  readonly journal: Journal;
  /** The run without a kill: what its steps gave, they give again. */
  readonly original: Journal | undefined;
  /** The event of the journal right after which the process is lost. */
  readonly killAt: number | undefined;
  /** True where steps past the kill run again instead. */
  readonly rerunSteps: boolean;
  readonly seed: string;
  readonly shuffle: string | undefined;
  readonly signals: Readonly<Record<string, unknown>>;
  /** True where something will end a wait that nobody answers. */
  readonly endsByItself: boolean;
  /** One of a kind. */
  readonly problems: Map<string, string>;
}

/**
 * What comes after what at one moment. First timers of steps (0), then what is recorded, in the order in which it was
 * recorded, then what ends for the first time; limits come last.
 */
const RECORDED_RANK = 1;
const TURN_RANK = 2;
export const LIMIT_RANK = 3;

/** One process that works on a run, from its start or from where another one was lost. */
export class Attempt {
  readonly clock = new VirtualClock();
  readonly plan: AttemptPlan;
  /** True once the run has settled here, or the process was lost: nothing of it goes on. */
  isOver = false;
  /** Resolves when the process is lost; rejects when the rehearsal makes no sense. */
  readonly lost: Promise<undefined>;
  readonly #lose: () => void;
  readonly #fail: (error: Error) => void;
  readonly #runtimes = new Set<RehearsalRuntime>();
  readonly #branches = new Map<string, number>();

  constructor(plan: AttemptPlan) {
    this.plan = plan;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.lost = promise;
    this.#lose = () => resolve(undefined);
    this.#fail = reject;
  }

  /** Takes note of a branch; ids are its path, which must not be that of another branch. */
  open(runtime: RehearsalRuntime, path: string): string {
    this.#runtimes.add(runtime);
    const before = this.#branches.get(path) ?? 0;
    this.#branches.set(path, before + 1);
    if (before === 0) return path;
    this.problem(`two branches are called "${path}": give each an index of its own`);
    return `${path}#${before + 1}`;
  }

  close(runtime: RehearsalRuntime): void {
    this.#runtimes.delete(runtime);
  }

  begin(entries: JournalEntry[], operation: string): JournalEntry {
    const entry = this.plan.journal.begin(entries, operation);
    this.#mayBeLost();
    return entry;
  }

  record(entry: JournalEntry, record: JournalRecord): void {
    this.plan.journal.record(entry, record);
    this.#mayBeLost();
  }

  /** What an operation past the kill gave in the run without one. */
  expected(branch: string, position: number, operation: string): JournalRecord | undefined {
    const { original, rerunSteps } = this.plan;
    if (rerunSteps && operation.startsWith("step ")) return undefined;
    return original?.find(branch, position, operation);
  }

  /** Waits for the moment at which a record was written. */
  momentOf({ atMs, order }: JournalRecord): Promise<void> {
    return new Promise((resolve) => {
      this.clock.startRanked(atMs, RECORDED_RANK + order / 2 ** 32, resolve);
    });
  }

  /** Waits until all that follows from what ended before has happened: results come in one by one. */
  turn(rank = TURN_RANK): Promise<void> {
    return new Promise((resolve) => {
      this.clock.startRanked(this.clock.elapsed(), rank, resolve);
    });
  }

  /** Waits for a turn that chance gives, where operations begin in an order that is left to it. */
  async shuffle(branch: string, position: number): Promise<void> {
    const { shuffle } = this.plan;
    if (shuffle !== undefined) await this.turn(seeded(`${shuffle}/${branch}/${position}`)());
  }

  /** @param kind Of several problems of one kind the first is kept */
  problem(text: string, kind = text): void {
    const { problems } = this.plan;
    if (!problems.has(kind)) problems.set(kind, text);
  }

  /** Ends the rehearsal: it cannot go on. */
  fail(error: Error): Promise<never> {
    this.#fail(error);
    return neverEnds();
  }

  /** Notes that a composite ran two operations at once, wherever it is that its error comes by. */
  checkError(error: unknown): void {
    if (isWorkflowError(error, "CONCURRENT_CALL")) this.problem(error.message);
  }

  /** Notes where a value would be another one after a wire. */
  checkLoss(value: unknown, what: string, at: string): void {
    const loss = findLoss(value, at);
    if (loss !== undefined) this.problem(`${what}: ${loss}`);
  }

  /** Nothing of this process goes on: whoever awaits an operation awaits it for ever. */
  end(): void {
    if (this.isOver) return;
    for (const runtime of this.#runtimes) runtime.end();
    this.isOver = true;
    this.#lose();
  }

  #mayBeLost(): void {
    if (this.plan.journal.events === this.plan.killAt) this.end();
  }
}
