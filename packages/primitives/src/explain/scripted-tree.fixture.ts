import { loop } from "../composition/loop.ts";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { sequential } from "../composition/sequential.ts";
import type { WorkflowContext } from "../context.ts";
import { step } from "../define.ts";
import type { CallContext } from "../door/call-context.ts";
import type { Primitive } from "../primitive.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { timeout } from "../recovery/timeout.ts";
import type { InProcessRuntime } from "../runtime/in-process.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { delay } from "../waiting/delay.ts";

/** A tree as data: what it is built from, and what a failing property shows. Leaves are called a, b, c … in order. */
export type TreeSpec =
  | { readonly kind: "leaf" }
  | { readonly kind: "delay"; readonly ms: number }
  | {
      readonly kind: "retry";
      readonly of: TreeSpec;
      readonly attempts: number;
      readonly backoff: "constant" | "linear" | "exponential";
      readonly delayMs: number;
      readonly jitter: "none" | "full" | "equal" | "decorrelated";
      readonly nested: "limit" | "multiply";
    }
  | {
      readonly kind: "timeout";
      readonly of: TreeSpec;
      readonly timeoutMs: number;
      readonly graceMs: number;
    }
  | {
      readonly kind: "parallel";
      readonly of: readonly TreeSpec[];
      readonly concurrency: number;
      readonly graceMs: number;
      /** 0: all; -1: settled; else so many successes. */
      readonly join: number;
    }
  | { readonly kind: "loop"; readonly of: TreeSpec; readonly maxIterations: number }
  | { readonly kind: "race"; readonly of: readonly TreeSpec[]; readonly graceMs: number }
  | { readonly kind: "fallback" | "sequential"; readonly of: readonly TreeSpec[] }
  /** First the steps, then the compensations, of the first steps. */
  | { readonly kind: "saga"; readonly of: readonly TreeSpec[]; readonly steps: number };

/** What one call of a leaf does. */
export interface Behaviour {
  /** Infinity: it hangs. */
  readonly takesMs: number;
  /** "fatally": with what is not retried; "unsure": with what may have been done all the same. */
  readonly ends: "ok" | "fails" | "fatally" | "unsure";
  /** How long it goes on when it is told to stop; Infinity: it ignores that. */
  readonly lingerMs: number;
  /** What a failure asks a retry to wait. */
  readonly retryAfterMs?: number;
}

/** What the calls of each leaf do, in order; after the last comes the first again. */
export type Script = Readonly<Record<string, readonly Behaviour[]>>;

export interface Outcome {
  readonly calls: Readonly<Record<string, number>>;
  readonly totalCalls: number;
  readonly waitingMs: number;
  readonly totalMs: number;
}

type Any = Primitive<unknown, unknown>;
type PlayLeaf = (name: string, context: WorkflowContext) => unknown;

/** Builds the tree, with leaves that do as `play` says. */
export function treeOf(spec: TreeSpec, playLeaf: PlayLeaf = () => undefined): Any {
  let leaves = 0;
  const all = (specs: readonly TreeSpec[]): Any[] => specs.map((one) => build(one));
  const build = (at: TreeSpec): Any => {
    switch (at.kind) {
      case "leaf": {
        const name = nameOf(leaves++);
        return step(name, (_input, context) => playLeaf(name, context));
      }
      case "delay":
        return delay(at.ms);
      case "retry": {
        const { attempts, jitter, nested, delayMs } = at;
        return retry(build(at.of), {
          attempts,
          backoff: { kind: at.backoff, delayMs },
          jitter,
          nested,
        });
      }
      case "timeout":
        return timeout(build(at.of), at);
      case "parallel": {
        const { concurrency, graceMs } = at;
        const join = at.join === 0 ? "all" : at.join < 0 ? "settled" : { quorum: at.join };
        return parallel(all(at.of), { concurrency, graceMs, join });
      }
      case "race":
        return race(all(at.of), { graceMs: at.graceMs });
      case "loop":
        return loop(build(at.of), { while: () => true, maxIterations: at.maxIterations });
      case "fallback": {
        const [primary, ...alternatives] = all(at.of);
        return fallback(primary!, alternatives);
      }
      case "sequential":
        return Reflect.apply(sequential, undefined, all(at.of)) as Any;
      case "saga": {
        const children = all(at.of);
        const undo = children.splice(at.steps);
        const parts = children.map((execute, index) => ({
          name: `step ${index}`,
          execute,
          ...(undo[index] !== undefined && { compensate: undo[index] }),
        }));
        return Reflect.apply(saga, undefined, parts) as Any;
      }
    }
  };
  return build(spec);
}

function nameOf(index: number): string {
  return String.fromCodePoint(97 + index);
}

export function leafNames(spec: TreeSpec): readonly string[] {
  const count = (at: TreeSpec): number => {
    if (at.kind === "leaf") return 1;
    if (at.kind === "delay") return 0;
    const children: readonly TreeSpec[] =
      "attempts" in at || "timeoutMs" in at || "maxIterations" in at ? [at.of] : at.of;
    return children.reduce((sum, child) => sum + count(child), 0);
  };
  return Array.from({ length: count(spec) }, (_nothing, index) => nameOf(index));
}

/** Runs the tree under a script, in virtual time, until nothing of it moves any more. */
export async function play(
  spec: TreeSpec,
  script: Script,
  init: { readonly timeoutMs?: number; readonly seed?: number } = {},
): Promise<Outcome> {
  const { seed = 0, ...context } = init;
  const virtual = virtualRuntime({ seed });
  const calls: Record<string, number> = {};
  let run: { readonly waitingMs: number } = { waitingMs: 0 };
  const later = together();
  const tree = treeOf(spec, (name, given) => {
    run = (given as CallContext).branch.run;
    const nth = calls[name] ?? 0;
    calls[name] = nth + 1;
    return behave(script[name]![nth % script[name]!.length]!, given, later);
  });
  const began = virtual.nowMs;
  await virtual.execute(tree, 0, context).catch(() => undefined);
  const totalMs = virtual.nowMs - began;
  await virtual.advance(10 * LONG_MS);
  const totalCalls = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return { calls, totalCalls, waitingMs: run.waitingMs, totalMs };
}

/** Who hangs ends at last: a run in which nothing is due would be waited for in real time. */
const LONG_MS = 1e9;

type Later = (context: WorkflowContext, ms: number, fire: () => void) => void;

/** Fires what is due at one moment in one turn, as one closing connection fails every request on it. */
function together(): Later {
  const due = new Map<number, (() => void)[]>();
  return (context, ms, fire) => {
    const runtime = context.runtime as InProcessRuntime;
    const at = runtime.elapsed() + ms;
    const others = due.get(at);
    if (others !== undefined) return void others.push(fire);
    const all = [fire];
    due.set(at, all);
    runtime.startTimer(ms, () => {
      due.delete(at);
      for (const one of all) one();
    });
  };
}

function behave(
  { takesMs, ends, lingerMs, retryAfterMs }: Behaviour,
  context: WorkflowContext,
  later: Later,
): unknown {
  const end = (): string => {
    if (ends === "ok") return "ok";
    if (ends === "fatally") throw new RangeError("fatal");
    throw Object.assign(new Error("no"), {
      ...(ends === "unsure" && { name: "TimeoutError" }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  };
  if (takesMs === 0) return end();
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      try {
        resolve(end());
      } catch (error) {
        reject(error);
      }
    };
    later(context, Math.min(takesMs, LONG_MS), settle);
    if (lingerMs === Infinity) return;
    context.signal.addEventListener("abort", () => {
      later(context, lingerMs, () => reject(context.signal.reason as Error));
    });
  });
}

/** The tree as code, for people. */
export function showTree(spec: TreeSpec): string {
  let leaves = 0;
  const all = (specs: readonly TreeSpec[]): string => specs.map((one) => show(one)).join(", ");
  const show = (at: TreeSpec): string => {
    switch (at.kind) {
      case "leaf":
        return nameOf(leaves++);
      case "delay":
        return `delay(${at.ms})`;
      case "retry": {
        const jitter = at.jitter === "none" ? "" : ` ${at.jitter}`;
        const nested = at.nested === "limit" ? "" : " multiply";
        return `retry(${show(at.of)}, ${at.attempts} × ${at.backoff} ${at.delayMs}${jitter}${nested})`;
      }
      case "timeout":
        return `timeout(${show(at.of)}, ${at.timeoutMs} + ${at.graceMs})`;
      case "parallel": {
        const join = at.join === 0 ? "all" : at.join < 0 ? "settled" : `quorum ${at.join}`;
        return `parallel([${all(at.of)}], ${join}, ${at.concurrency} at once, grace ${at.graceMs})`;
      }
      case "race":
        return `race([${all(at.of)}], grace ${at.graceMs})`;
      case "loop":
        return `loop(${show(at.of)}, ${at.maxIterations})`;
      case "saga":
        return `saga(${at.steps} of ${all(at.of)})`;
      case "fallback":
      case "sequential":
        return `${at.kind}(${all(at.of)})`;
    }
  };
  return show(spec);
}

export function showScript(script: Script): string {
  const show = ({ takesMs, ends, lingerMs, retryAfterMs }: Behaviour): string => {
    const asks = retryAfterMs === undefined ? "" : ` asking ${retryAfterMs}`;
    const what =
      takesMs === Infinity ? "hangs" : `${ends}${asks}${takesMs === 0 ? "" : ` after ${takesMs}`}`;
    return lingerMs === 0
      ? what
      : `${what}, deaf${lingerMs === Infinity ? "" : ` for ${lingerMs}`}`;
  };
  return Object.entries(script)
    .map(([name, behaviours]) => `${name}: ${behaviours.map(show).join("; ")}`)
    .join("\n");
}
