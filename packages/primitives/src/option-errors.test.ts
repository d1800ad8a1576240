import { describe, expect, it } from "vitest";
import { conditional } from "./composition/conditional.ts";
import { loop } from "./composition/loop.ts";
import { map } from "./composition/map.ts";
import { parallel } from "./composition/parallel.ts";
import { race } from "./composition/race.ts";
import { router } from "./composition/router.ts";
import { sequential } from "./composition/sequential.ts";
import { switchCase } from "./composition/switch-case.ts";
import { workflow } from "./composition/workflow.ts";
import { definePrimitive, observe, step } from "./define.ts";
import { llm } from "./llm/llm.ts";
import { toPrimitive } from "./primitive.ts";
import { fallback } from "./recovery/fallback.ts";
import { retryBudget } from "./recovery/retry-budget.ts";
import { retry } from "./recovery/retry.ts";
import { saga } from "./recovery/saga.ts";
import { timeout } from "./recovery/timeout.ts";
import { delay } from "./waiting/delay.ts";
import { signal } from "./waiting/signal.ts";
import { waitFor } from "./waiting/wait-for.ts";

const work = (value: unknown): unknown => value;

/** Any of the functions below, called as JavaScript would call it. */
type Loose = (...args: readonly unknown[]) => unknown;

const model = { provider: "p", model: "m", call: work };
const routes = { a: work };

/** What is called, with what, which part of it is wrong, and its value as the message gives it. */
const wrong: readonly (readonly [unknown, readonly unknown[], string, string])[] = [
  [sequential, [work, 5], "sequential(): step 1", "number"],
  [parallel, [5], "parallel()", "5"],
  [parallel, [{ a: 5 }], 'parallel(): branch "a"', "number"],
  [parallel, [routes, 5], "parallel(branches, options)", "5"],
  [parallel, [routes, { concurrency: "two" }], "parallel({ concurrency })", '"two"'],
  [parallel, [routes, { concurrency: 0 }], "parallel({ concurrency })", "0"],
  [parallel, [routes, { graceMs: -1 }], "parallel({ graceMs })", "-1"],
  [parallel, [routes, { join: "some" }], "parallel({ join })", '"some"'],
  [parallel, [routes, { join: { quorum: "one" } }], "parallel({ join: { quorum } })", '"one"'],
  [parallel, [routes, { join: { quorum: 0 } }], "parallel({ join: { quorum } })", "0"],
  [conditional, [5, work], "conditional(predicate)", "5"],
  [conditional, [work, 5], "conditional(): then", "number"],
  [conditional, [work, work, 5], "conditional(): else", "number"],
  [switchCase, [5, routes], "switchCase(select)", "5"],
  [switchCase, [work, 5], "switchCase()", "5"],
  [switchCase, [work, { a: 5 }], 'switchCase(): branch "a"', "number"],
  [switchCase, [work, routes, 5], "switchCase(): default", "number"],
  [map, [5], "map(): step", "number"],
  [map, [work, 5], "map(step, options)", "5"],
  [map, [work, { concurrency: 1.5 }], "map({ concurrency })", "1.5"],
  [map, [work, { graceMs: Number.NaN }], "map({ graceMs })", "NaN"],
  [race, [5], "race()", "5"],
  [race, [[5]], 'race(): branch "0"', "number"],
  [race, [routes, 5], "race(branches, options)", "5"],
  [race, [routes, { graceMs: "5" }], "race({ graceMs })", '"5"'],
  [workflow, [5, work], "workflow(name)", "5"],
  [workflow, ["w", 5], 'workflow("w"): step', "number"],
  [workflow, ["w", work, 5], 'workflow("w", step, options)', "5"],
  [workflow, ["w", work, { input: work }], 'workflow("w", { input })', "a value of type function"],
  [workflow, ["w", work, { context: 5 }], 'workflow("w", { context })', "5"],
  [workflow, ["w", work, { context: { timeoutMs: -5 } }], "context.timeoutMs", "-5"],
  [workflow, ["w", work, { slos: 5 }], 'workflow("w", { slos })', "5"],
  [loop, [5, { while: work, maxIterations: 1 }], "loop(): step", "number"],
  [loop, [work, 5], "loop(step, options)", "5"],
  [loop, [work, { maxIterations: 1 }], "loop({ while })", "undefined"],
  [loop, [work, { while: work }], "loop({ maxIterations })", "undefined"],
  [loop, [work, { while: work, maxIterations: Infinity }], "loop({ maxIterations })", "Infinity"],
  [loop, [work, { while: work, maxIterations: 1, maxCostUsd: -1 }], "loop({ maxCostUsd })", "-1"],
  [loop, [work, { while: work, maxIterations: 1, maxTokens: "5" }], "loop({ maxTokens })", '"5"'],
  [router, [5], "router(options)", "5"],
  [router, [{ routes, select: 5 }], "router({ select })", "5"],
  [router, [{ routes: { a: 5 }, select: work }], 'router(): branch "a"', "number"],
  [router, [{ routes, select: work, defaultRoute: "b" }], "router({ defaultRoute })", '"b"'],
  [router, [{ routes, select: work, reference: 5 }], "router({ reference })", "5"],
  [router, [{ routes, select: work, estimates: 5 }], "router({ estimates })", "5"],
  [router, [{ routes, select: work, estimates: { a: 5 } }], "router({ estimates: { a } })", "5"],
  [retry, [5, { attempts: 2 }], "retry(): step", "number"],
  [retry, [work, undefined], "retry(step, options)", "undefined"],
  [retry, [work, {}], "retry({ attempts })", "undefined"],
  [retry, [work, { attempts: 0 }], "retry({ attempts })", "0"],
  [retry, [work, { attempts: 2, backoff: 5 }], "retry({ backoff })", "5"],
  [retry, [work, { attempts: 2, backoff: { kind: 5 } }], "retry({ backoff: { kind } })", "5"],
  [retry, [work, { attempts: 2, jitter: "some" }], "retry({ jitter })", '"some"'],
  [retry, [work, { attempts: 2, retryIf: 5 }], "retry({ retryIf })", "5"],
  [retry, [work, { attempts: 2, budget: 5 }], "retry({ budget })", "5"],
  [retry, [work, { attempts: 2, budget: null }], "retry({ budget })", "null"],
  [
    retry,
    [work, { attempts: 2, budget: { withdraw: work } }],
    "retry({ budget })",
    "a value of type object",
  ],
  [retry, [work, { attempts: 2, nested: "deep" }], "retry({ nested })", '"deep"'],
  [retryBudget, [5], "retryBudget(options)", "5"],
  [retryBudget, [{ name: 5 }], "retryBudget({ name })", "5"],
  [retryBudget, [{ name: "b", ratio: -1 }], "retryBudget({ ratio })", "-1"],
  [retryBudget, [{ name: "b", minPerSecond: "1" }], "retryBudget({ minPerSecond })", '"1"'],
  [retryBudget, [{ name: "b", windowMs: 0 }], "retryBudget({ windowMs })", "0"],
  [fallback, [5, [work]], "fallback(): primary", "number"],
  [fallback, [work, work], "fallback(primary, alternatives)", "a value of type function"],
  [fallback, [work, []], "fallback(primary, alternatives)", "none"],
  [fallback, [work, [work, 5]], "fallback(): alternative 1", "number"],
  [fallback, [work, [work], 5], "fallback(primary, alternatives, options)", "5"],
  [fallback, [work, [work], { when: 5 }], "fallback({ when })", "5"],
  [timeout, [5, { timeoutMs: 5 }], "timeout(): step", "number"],
  [timeout, [work, undefined], "timeout(step, options)", "undefined"],
  [timeout, [work, {}], "timeout({ timeoutMs })", "undefined"],
  [timeout, [work, { timeoutMs: 0 }], "timeout({ timeoutMs })", "0"],
  [timeout, [work, { timeoutMs: 5, graceMs: -1 }], "timeout({ graceMs })", "-1"],
  [saga, [5], "saga(): step 0", "5"],
  [saga, [{ name: 5 }], "saga(): step 0: name", "5"],
  [saga, [{ name: "a", execute: 5 }], 'saga(): step "a": execute', "number"],
  [saga, [{ name: "a", execute: work, compensate: 5 }], 'saga(): step "a": compensate', "5"],
  [saga, [{ name: "a", execute: work, compensate: null }], 'saga(): step "a": compensate', "null"],
  [delay, ["5"], "delay(ms)", '"5"'],
  [waitFor, [5], "waitFor(name)", "5"],
  [waitFor, ["a", 5], "waitFor(name, options)", "5"],
  [waitFor, ["a", { timeoutMs: -1 }], "waitFor({ timeoutMs })", "-1"],
  [waitFor, ["a", { kind: 5 }], "waitFor({ kind })", "5"],
  [waitFor, ["a", { schema: 5 }], "waitFor({ schema })", "5"],
  [waitFor, ["a", { onTimeout: 5 }], "waitFor({ onTimeout })", "number"],
  [signal, ["run", 5], "signal(runId, name)", "5"],
  [llm, [5], "llm(options)", "5"],
  [llm, [{ ...model, provider: 5 }], "llm({ provider })", "5"],
  [llm, [{ ...model, model: "" }], "llm({ model })", '""'],
  [llm, [{ ...model, call: 5 }], "llm({ call })", "5"],
  [llm, [{ ...model, usage: 5 }], "llm({ usage })", "5"],
  [llm, [{ ...model, name: 5 }], "llm({ name })", "5"],
  [llm, [{ ...model, tier: 5 }], "llm({ tier })", "5"],
  [llm, [{ ...model, maxTokens: 0 }], "llm({ maxTokens })", "0"],
  [llm, [{ ...model, idempotent: 1 }], "llm({ idempotent })", "1"],
  [step, [5, work], "step(name)", "5"],
  [step, ["s", 5], 'step("s"): second argument', "5"],
  [step, ["s", work, 5], 'step("s", fn, options)', "5"],
  [step, ["s", work, { idempotent: "yes" }], 'step("s", { idempotent })', '"yes"'],
  [step, ["s", work, { sideEffects: 1 }], 'step("s", { sideEffects })', "1"],
  [observe, [5, { name: "o" }], "observe(): step", "number"],
  [observe, [work, undefined], "observe(step, options)", "undefined"],
  [observe, [work, {}], "observe({ name })", "undefined"],
  [observe, [work, { name: "o", type: "Not Lower" }], "observe({ type })", '"Not Lower"'],
  [observe, [work, { name: "o", attributes: 5 }], "observe({ attributes })", "5"],
  [definePrimitive, [5], "definePrimitive(definition)", "5"],
  [definePrimitive, [{ run: work }], "definePrimitive({ type })", "undefined"],
  [definePrimitive, [{ type: "9lives", run: work }], "definePrimitive({ type })", '"9lives"'],
  [
    definePrimitive,
    [{ type: "t", action: "Go", run: work }],
    "definePrimitive({ action })",
    '"Go"',
  ],
  [definePrimitive, [{ type: "t", name: "", run: work }], "definePrimitive({ name })", '""'],
  [definePrimitive, [{ type: "t" }], "definePrimitive({ run })", "undefined"],
  [definePrimitive, [{ type: "t", run: work, children: 5 }], "definePrimitive({ children })", "5"],
  [
    definePrimitive,
    [{ type: "t", run: work, children: { a: 5 } }],
    'definePrimitive(): child "a"',
    "number",
  ],
  [definePrimitive, [{ type: "t", run: work, options: 5 }], "definePrimitive({ options })", "5"],
  [toPrimitive, [5], "step", "number"],
];

describe("a wrong option is refused when the primitive is built, by its name, its value and what was expected", () => {
  it.each(wrong.map(([call, args, option, got]) => [option, got, call as Loose, args] as const))(
    "%s, given as %s",
    (option, got, call, args) => {
      let error: unknown;
      try {
        call(...args);
      } catch (thrown) {
        error = thrown;
      }
      expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
      const { message } = error as Error;
      expect(message.startsWith(`${option}: expected `)).toBe(true);
      expect(message).toMatch(/: expected .+, got .+/);
      expect(message.slice(message.lastIndexOf(", got ") + ", got ".length).split(";")[0]).toBe(
        got,
      );
    },
  );
});
