import { checkNumber, checkOptionalNumber, checkOptions, describe, DURATION } from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { Edge, TreeNode } from "../tree/node.ts";
import { seeded } from "./seeded.ts";

export interface ChaosOptions {
  /** Faults under one seed, in the same order of calls, are the same. */
  readonly seed: string | number;
  /** Share of calls that fail instead of calling the step. @default 0 */
  readonly failRatio?: number;
  /** Share of calls that hang until they are aborted. @default 0 */
  readonly hangRatio?: number;
  /** How long a call waits first: so many milliseconds, or anything between two numbers. @default 0 */
  readonly delayMs?: number | readonly [min: number, max: number];
  /** Makes the error of a call that fails. @default an Error with the code "CHAOS" */
  readonly error?: (call: number) => unknown;
}

interface Fault {
  readonly kind: "none" | "fail" | "hang";
  readonly delayMs: number;
  readonly call: number;
}

/** Longer than any run: a call that hangs and is not aborted comes back after this, in virtual time at once. */
const HANG_MS = 100 * 365 * 24 * 3_600_000;

/**
 * Puts seeded faults in front of a step: calls that fail, are slow, or hang until they are aborted.
 *
 * What happens to a call is decided once and recorded, so that a replay sees the same; waits are those of the run's clock.
 *
 * @throws what `error` makes, for a call that fails; whatever the step throws; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { retry } from "@tta-dev/primitives";
 * import { chaos, virtualRuntime } from "@tta-dev/primitives/testing";
 *
 * const shaky = chaos(async (id: string) => id, { seed: 1, failRatio: 0.3, delayMs: [10, 500] });
 * const reply = await virtualRuntime().execute(retry(shaky, { attempts: 10 }), "a");
 * ```
 */
export function chaos<I, O>(step: Step<I, O>, options: ChaosOptions): Primitive<I, O> {
  checkOptions(options, "chaos(step, options)");
  const { seed, delayMs = 0, error = failure } = options;
  if (typeof seed !== "string" && typeof seed !== "number")
    throw new TypeError(`chaos({ seed }): expected a string or a number, got ${describe(seed)}`);
  const ratio = { min: 0, max: 1 };
  const failRatio = checkOptionalNumber(options.failRatio, "chaos({ failRatio })", ratio) ?? 0;
  const hangRatio = checkOptionalNumber(options.hangRatio, "chaos({ hangRatio })", ratio) ?? 0;
  if (failRatio + hangRatio > 1)
    throw new RangeError(
      `chaos({ failRatio, hangRatio }): expected at most 1 in all, got ${failRatio + hangRatio}`,
    );
  const [shortest, longest] = typeof delayMs === "number" ? [delayMs, delayMs] : delayMs;
  checkNumber(shortest, "chaos({ delayMs })", DURATION);
  checkNumber(longest, "chaos({ delayMs })", { min: shortest });
  const random = seeded(`chaos/${seed}`);
  let calls = 0;
  const draw = (): Fault => {
    const chance = random();
    const kind = chance < failRatio ? "fail" : chance < failRatio + hangRatio ? "hang" : "none";
    return { kind, delayMs: shortest + (longest - shortest) * random(), call: ++calls };
  };
  const child = nodeOf(step, "chaos(): step");
  const edge = new Edge("body", child, { wraps: true });
  return primitiveOf(
    new TreeNode({
      type: "chaos",
      name: child.name,
      leaf: false,
      children: [edge],
      options: { seed, failRatio, hangRatio, delayMs },
      run: async (input: I, context) => {
        const fault = await context.decide("fault", draw);
        if (fault.delayMs > 0) await context.sleep("delay", fault.delayMs);
        if (fault.kind === "hang") await context.sleep("hang", HANG_MS);
        if (fault.kind !== "none") throw error(fault.call);
        return context.invoke(edge, input);
      },
    }),
  );
}

function failure(call: number): Error {
  return Object.assign(new Error(`chaos: call ${call} fails`), { code: "CHAOS" });
}
