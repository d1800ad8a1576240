import {
  checkFunction,
  checkNumber,
  checkOptions,
  COUNT,
  describe,
  POSITIVE_DURATION,
} from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { Edge, TreeNode } from "../tree/node.ts";
import { CircuitBreakerCall } from "./circuit-breaker-call.ts";
import { Circuit } from "./circuit-breaker-circuit.ts";
import { circuitMeters, type CircuitMeters } from "./circuit-breaker-meters.ts";
import type { CircuitBreakerStore } from "./circuit-breaker-store.ts";

export interface CircuitBreakerOptions {
  /** Share of failures, above 0 and at most 1, from which on the circuit opens. @default 0.5 */
  readonly failureRatio?: number;
  /** Length of the sliding window in milliseconds; it slides in steps of a tenth. @default 30_000 */
  readonly windowMs?: number;
  /** Calls that must have ended within the window before their ratio means anything. @default 10 */
  readonly minimumCalls?: number;
  /** How long an open circuit refuses every call, in milliseconds. @default 10_000 */
  readonly openMs?: number;
  /** Probes that a half-open circuit lets through, in all; every one must succeed. @default 1 */
  readonly halfOpenCalls?: number;
  /**
   * Says whether an error is a failure; others count as ignored, neither as success nor as failure. Not asked when the run
   * was aborted or its deadline passed; one that throws has said yes. @default all but aborts and refusals by limits inside
   */
  readonly isFailure?: (error: unknown) => boolean;
  /** Shares the state between processes; one store for each breaker. @default none: each process has its own */
  readonly store?: CircuitBreakerStore;
  /** How long the store may take before a call goes by what this process knows, in milliseconds. @default 500 */
  readonly storeTimeoutMs?: number;
}

/**
 * Stops calling a step that keeps failing, and tries it again later with a few probes.
 *
 * Closed, it counts the calls of a sliding window; when at least `minimumCalls` have ended there and `failureRatio` of them
 * failed, it opens. Open, it rejects every call without calling the step. After `openMs` the next call finds it half-open:
 * exactly `halfOpenCalls` probes get through, whatever the traffic. When all of them succeed it closes, when one fails it
 * opens again. A probe whose error is ignored, or that is stopped from outside, gives its place back. Probes of which
 * nothing is heard for ten times `openMs`, and at least a minute, count as lost, and others take their places.
 *
 * A caller's abort, a deadline and a cancelled branch say nothing of the step and are ignored; a `timeout` around the
 * breaker that runs out while the step works is a failure. A stream counts when it is over.
 *
 * The state belongs to the primitive: all its executions share it, in every place of every workflow where it stands.
 * `.named()` gives the same breaker another name, not another state; call `circuitBreaker` again for that.
 *
 * @throws CircuitOpenError, with `retryAfterMs`, when the call is refused; whatever the step throws; the caller's
 *   `signal.reason` on abort; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { circuitBreaker, fallback } from "@tta-dev/primitives";
 *
 * const load = async (url: string) => (await fetch(url)).text();
 * const guarded = fallback(circuitBreaker(load, { failureRatio: 0.3, openMs: 5_000 }), [() => "try again later"]);
 * ```
 */
export function circuitBreaker<I, O>(
  step: Step<I, O>,
  options: CircuitBreakerOptions = {},
): Primitive<I, O> {
  checkOptions(options, "circuitBreaker(step, options)");
  const { isFailure, store } = options;
  const number = (
    value: unknown,
    option: string,
    rule: Parameters<typeof checkNumber>[2],
  ): number => checkNumber(value, `circuitBreaker({ ${option} })`, rule);
  const rules = {
    failureRatio: number(options.failureRatio ?? 0.5, "failureRatio", {
      min: 0,
      max: 1,
      above: true,
    }),
    windowMs: number(options.windowMs ?? 30_000, "windowMs", POSITIVE_DURATION),
    minimumCalls: number(options.minimumCalls ?? 10, "minimumCalls", COUNT),
    openMs: number(options.openMs ?? 10_000, "openMs", POSITIVE_DURATION),
    halfOpenCalls: number(options.halfOpenCalls ?? 1, "halfOpenCalls", COUNT),
  };
  const storeTimeoutMs = number(options.storeTimeoutMs ?? 500, "storeTimeoutMs", POSITIVE_DURATION);
  checkFunction(isFailure, "circuitBreaker({ isFailure })", true);
  checkStore(store);
  const child = nodeOf(step, "circuitBreaker(): step");
  const edge = new Edge("body", child, { wraps: true });
  const circuit = new Circuit({ ...rules, store });
  const plan = { edge, circuit, isFailure, storeTimeoutMs };
  return primitiveOf(
    new TreeNode({
      type: "circuit_breaker",
      name: child.name,
      leaf: false,
      children: [edge],
      options: { ...rules, ...(store !== undefined && { storeTimeoutMs }) },
      meters: circuitMeters(circuit),
      run: (input: I, context, meters: CircuitMeters) =>
        new CircuitBreakerCall(plan, context, meters).run(input),
    }),
  );
}

function checkStore(store: unknown): void {
  if (store === undefined) return;
  const { read, replace } = (store ?? {}) as Partial<CircuitBreakerStore>;
  if (typeof read !== "function" || typeof replace !== "function")
    throw new TypeError(
      `circuitBreaker({ store }): expected an object with read and replace, got ${describe(store)}`,
    );
}
