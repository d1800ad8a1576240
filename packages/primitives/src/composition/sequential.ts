import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import type { LastOf } from "./last-of.ts";
import { nodeOf } from "../tree/node-of.ts";
import { sequenceNode } from "../tree/sequence.ts";

/**
 * Runs steps one after another, each on what the one before returned.
 *
 * Takes up to twelve steps; nest, or continue with `.pipe()`, for more. The first failure ends the sequence.
 *
 * @throws TypeError when a step is neither a primitive nor a function, or there is none
 * @example
 * ```ts
 * import { sequential } from "@tta-dev/primitives";
 *
 * const shout = sequential(
 *   (text: string) => text.trim(),
 *   (text) => text.toUpperCase(),
 * );
 * const reply = await shout.execute(" hello ");
 * ```
 */
// One signature instead of twelve overloads, so that a wrong step is one short error at the right argument. A step that
// is omitted, or whose output TypeScript has not looked at yet, counts as `never`, which suits every step behind it.
/* oxlint-disable max-params -- a sequence is its parameters */
export function sequential<
  I,
  A = never,
  B = never,
  C = never,
  D = never,
  E = never,
  F = never,
  G = never,
  H = never,
  J = never,
  K = never,
  L = never,
  M = never,
>(
  first: Step<I, A>,
  second?: Step<NoInfer<A>, B>,
  third?: Step<NoInfer<B>, C>,
  fourth?: Step<NoInfer<C>, D>,
  fifth?: Step<NoInfer<D>, E>,
  sixth?: Step<NoInfer<E>, F>,
  seventh?: Step<NoInfer<F>, G>,
  eighth?: Step<NoInfer<G>, H>,
  ninth?: Step<NoInfer<H>, J>,
  tenth?: Step<NoInfer<J>, K>,
  eleventh?: Step<NoInfer<K>, L>,
  twelfth?: Step<NoInfer<L>, M>,
): Primitive<I, LastOf<[A, B, C, D, E, F, G, H, J, K, L, M]>>;
/* oxlint-enable max-params */
export function sequential(...steps: readonly unknown[]): Primitive<never, unknown> {
  if (steps.length === 0) throw new TypeError("sequential(): expected at least one step, got none");
  return primitiveOf(
    sequenceNode(steps.map((step, index) => nodeOf(step, `sequential(): step ${index}`))),
  );
}
