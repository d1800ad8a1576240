import { Rehearsal, type Rehearsable, type RehearseOptions } from "./rehearsal.ts";

/** What a rehearsal found. */
export interface RehearsalReport<O> {
  /** What the run resolved with, as its caller gets it over a wire. */
  readonly result?: O;
  /** What it rejected with. */
  readonly error?: unknown;
  /** Operations that were recorded: steps, decisions, waits, and events of forks. */
  readonly operations: number;
  /** Their names, in the order in which they ended. */
  readonly journal: readonly string[];
  /** Kills and recoveries. */
  readonly replays: number;
  /** What would go wrong on a durable engine; empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Runs a primitive as a durable engine would, in memory and in virtual time, and kills and recovers it after everything
 * that its journal gets to know.
 *
 * Every result goes through JSON into a journal. A recovery gets what is recorded back and must call the same operations in
 * the same order and end the same way. It finds chance, clocks and counters in composites that are read without
 * `context.decide`, values that a wire changes, what steps leave behind outside their results, and operations of one
 * composite that run at once. Steps run once, in the first run; later they give what they gave then (see `rerunSteps`).
 *
 * @param primitive Or a function that makes it, for primitives that remember (a cache, a breaker): each process of a
 *   rehearsal then gets one of its own
 * @throws TypeError or RangeError for wrong options, and when the run waits for a signal that `signals` lacks; an error
 *   that says so when the run waits for something outside virtual time
 * @example
 * ```ts
 * import { sequential } from "@tta-dev/primitives";
 * import { rehearse } from "@tta-dev/primitives/testing";
 *
 * const order = sequential(async (id: string) => ({ id }), async ({ id }) => `${id} shipped`);
 * const { result, problems } = await rehearse(order, "a-1");
 * ```
 */
export async function rehearse<I, O>(
  primitive: Rehearsable<I, O>,
  input: I,
  options: RehearseOptions = {},
): Promise<RehearsalReport<O>> {
  const rehearsal = new Rehearsal(primitive, input, options);
  const outcome = await rehearsal.perform();
  let replays = 0;
  for (const killAt of pick(rehearsal.journal.events, options.maxReplays ?? 200)) {
    rehearsal.compare(killAt, outcome, await rehearsal.recover(killAt));
    replays++;
    if (rehearsal.isStuck) break;
  }
  const journal = [...rehearsal.journal.names];
  return {
    ...(outcome.status === "fulfilled" ? { result: outcome.value } : { error: outcome.reason }),
    operations: journal.length,
    journal,
    replays,
    problems: [...rehearsal.problems.values()],
  };
}

/** Some of the numbers from 1 to `count`, evenly spread, the last one included. */
function pick(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index + 1);
  return Array.from({ length: most }, (_, index) => Math.ceil(((index + 1) * count) / most));
}
