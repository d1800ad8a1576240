import type { WorkflowContext } from "../context.ts";
import { describe } from "../options.ts";
import { checkName, primitiveOf, type Primitive } from "../primitive.ts";
import { InProcessRuntime } from "../runtime/in-process.ts";
import { STEP_TYPE, TreeNode } from "../tree/node.ts";

/** What one call of a scripted step does. */
export type ScriptedOutcome<O> = {
  /** How long it takes, on the clock of the run. An abort ends it earlier. @default 0 */
  readonly afterMs?: number;
  /** Goes on although it was aborted. @default false */
  readonly ignoresAbort?: boolean;
} & (
  | { readonly returns: O }
  /** An async iterable: each item comes `afterMs` after the one before. */
  | {
      readonly yields: readonly unknown[];
      /** What it throws instead of ending. */
      readonly breaksWith?: unknown;
    }
  | { readonly rejects: unknown }
  /** Thrown before the step returns a promise, and before any wait. */
  | { readonly throws: unknown }
  /** Never settles, unless it is aborted. */
  | { readonly hangs: true }
);

/** One call of a scripted step, as it went. */
export interface ScriptedCall<I> {
  readonly input: I;
  readonly signal: AbortSignal;
  readonly path: string;
  /** Epoch milliseconds on the clock of the run. */
  readonly startedAtMs: number;
  /** Undefined while it is under way. */
  readonly endedAtMs: number | undefined;
  /** Calls under way when this one had started, itself included. */
  readonly concurrency: number;
  /** What it was aborted with, while it was under way. */
  readonly abortedWith: { readonly reason: unknown; readonly atMs: number } | undefined;
}

/** A step that plays a script and remembers its calls. */
export interface ScriptedStep<I, O> extends Primitive<I, O> {
  /** In the order in which they began. */
  readonly calls: readonly ScriptedCall<I>[];
  /** Most calls under way at once. */
  readonly maxConcurrency: number;
}

/** What the calls of one step have in common. */
interface Record<I> {
  readonly calls: Writable<ScriptedCall<I>>[];
  running: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Makes a step that plays a list of outcomes, one per call; the last one repeats.
 *
 * It waits on the clock of the run, so a test in virtual time does not wait.
 *
 * @throws TypeError when there is no outcome, or one says nothing
 * @example
 * ```ts
 * import { retry } from "@tta-dev/primitives";
 * import { scripted, virtualRuntime } from "@tta-dev/primitives/testing";
 *
 * const search = scripted<string, number>("search", [{ rejects: new Error("busy"), afterMs: 50 }, { returns: 7 }]);
 * const found = await virtualRuntime().execute(retry(search, { attempts: 3 }), "query"); // 7
 * search.calls.length; // 2
 * ```
 */
export function scripted<I, O>(
  name: string,
  outcomes: readonly ScriptedOutcome<O>[],
): ScriptedStep<I, O> {
  checkName(name, "scripted(name)");
  if (!Array.isArray(outcomes) || outcomes.length === 0)
    throw new TypeError(
      `scripted("${name}", outcomes): expected at least one outcome, got ${describe(outcomes)}`,
    );
  outcomes.forEach(checkOutcome);
  const record: Record<I> = { calls: [], running: 0 };
  const step = primitiveOf<I, O>(
    new TreeNode({
      type: STEP_TYPE,
      name,
      leaf: true,
      run: (input: I, context) => {
        const outcome = outcomes[Math.min(record.calls.length, outcomes.length - 1)]!;
        return play(outcome, begin(record, input, context));
      },
    }),
  );
  return Object.freeze({
    ...step,
    calls: record.calls,
    get maxConcurrency() {
      return Math.max(0, ...record.calls.map(({ concurrency }) => concurrency));
    },
  });
}

/** A call under way. */
interface Playing {
  readonly context: WorkflowContext;
  /** Notes that it is over. */
  end(): void;
}

function begin<I>(record: Record<I>, input: I, context: WorkflowContext): Playing {
  const { signal, runtime, path } = context;
  const call: Writable<ScriptedCall<I>> = {
    input,
    signal,
    path,
    startedAtMs: runtime.now(),
    endedAtMs: undefined,
    concurrency: ++record.running,
    abortedWith: undefined,
  };
  record.calls.push(call);
  const aborted = (): void => {
    call.abortedWith = { reason: signal.reason, atMs: runtime.now() };
  };
  signal.addEventListener("abort", aborted, { once: true });
  return {
    context,
    end() {
      if (call.endedAtMs !== undefined) return;
      signal.removeEventListener("abort", aborted);
      call.endedAtMs = runtime.now();
      record.running--;
    },
  };
}

function play<O>(outcome: ScriptedOutcome<O>, playing: Playing): unknown {
  if ("throws" in outcome) {
    playing.end();
    throw outcome.throws;
  }
  return "yields" in outcome ? stream(outcome, playing) : settle(outcome, playing);
}

async function settle<O>(
  outcome: Exclude<ScriptedOutcome<O>, { throws: unknown } | { yields: unknown }>,
  playing: Playing,
): Promise<O> {
  try {
    await wait(outcome, playing.context);
    if ("rejects" in outcome) throw outcome.rejects;
    if ("returns" in outcome) return outcome.returns;
    return await untilAborted(playing.context.signal);
  } finally {
    playing.end();
  }
}

async function* stream(
  outcome: Extract<ScriptedOutcome<unknown>, { yields: unknown }>,
  playing: Playing,
): AsyncGenerator {
  try {
    for (const item of outcome.yields) {
      await wait(outcome, playing.context);
      yield item;
    }
    if ("breaksWith" in outcome) throw outcome.breaksWith;
  } finally {
    playing.end();
  }
}

async function wait(
  { afterMs = 0, ignoresAbort = false }: Pick<ScriptedOutcome<unknown>, "afterMs" | "ignoresAbort">,
  context: WorkflowContext,
): Promise<void> {
  if (afterMs === 0) return;
  const { runtime } = context;
  // Inside a step it always is one, whatever the run runs on.
  if (!ignoresAbort || !(runtime instanceof InProcessRuntime))
    return context.sleep("scripted", afterMs);
  const { promise, resolve } = Promise.withResolvers<void>();
  runtime.startTimer(afterMs, resolve);
  return promise;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

const ENDINGS = ["returns", "yields", "rejects", "throws", "hangs"];

function checkOutcome(outcome: object, index: number): void {
  if (ENDINGS.filter((ending) => Object.hasOwn(outcome, ending)).length === 1) return;
  throw new TypeError(
    `scripted(name, outcomes): outcome ${index}: expected one of ${ENDINGS.join(", ")}, got ${Object.keys(outcome).join(", ") || "none"}`,
  );
}
