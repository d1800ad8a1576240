import type { WorkflowContext } from "../context.ts";
import { step } from "../define.ts";
import type { Primitive } from "../primitive.ts";
import { virtualRuntime, type VirtualRuntime } from "../testing/virtual-runtime.ts";
import { circuitBreaker, type CircuitBreakerOptions } from "./circuit-breaker.ts";

export const NO = new Error("no");
export const RULES = { minimumCalls: 4, openMs: 1_000, windowMs: 10_000 };

/** What a step is told to do. */
export type Order = "succeed" | "fail" | "hang" | (() => unknown);
export const FOUR_FAILURES: readonly Order[] = ["fail", "fail", "fail", "fail"];

/** How often it was called since the last breaker was made. */
export const tally = { calls: 0 };

/** Does what it is told. */
export const obey = step(
  "obey",
  async (order: Order, { signal }: WorkflowContext): Promise<unknown> => {
    tally.calls++;
    if (order === "fail") throw NO;
    if (order === "hang") return untilAborted(signal);
    return order === "succeed" ? order : order();
  },
);

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

let names = 0;

/** A breaker around `obey`, under a name of its own. */
export function breakerOf(options?: CircuitBreakerOptions): Primitive<Order, unknown> {
  tally.calls = 0;
  return circuitBreaker(obey.named(`obey-${names++}`), { ...RULES, ...options });
}

/** Executes once for each order, one after another, and returns what came of it. */
export async function give(
  primitive: Primitive<Order, unknown>,
  runtime: VirtualRuntime,
  ...orders: readonly Order[]
): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const order of orders)
    seen.push(await runtime.execute(primitive, order).catch((error: unknown) => error));
  return seen;
}

/** A breaker that was opened, and that the next call finds half-open. */
export async function halfOpen(
  options?: CircuitBreakerOptions,
): Promise<{ readonly breaker: Primitive<Order, unknown>; readonly runtime: VirtualRuntime }> {
  const breaker = breakerOf(options);
  const runtime = virtualRuntime();
  await give(breaker, runtime, ...FOUR_FAILURES);
  await runtime.advance(RULES.openMs);
  tally.calls = 0;
  return { breaker, runtime };
}
