import { checkOptionalNumber, checkOptions, DURATION, POSITIVE_DURATION } from "../options.ts";
import type { Primitive } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { ceilingsOf } from "./ceilings.ts";
import { maximaOf } from "./maximum.ts";
import { measureLeaf, measureRun } from "./measure.ts";
import type { Explanation } from "./explanation.ts";
import { leafSites, rootSite } from "./site.ts";
import { warningsOf } from "./warnings.ts";

export interface ExplainOptions {
  /** Time that the run may take, as given to `execute`, in milliseconds. @default what the workflow's context says, else no limit */
  readonly timeoutMs?: number;
  /** The longest wait that a server is supposed to ask for (`Retry-After`), in milliseconds. @default any wait */
  readonly retryAfterMs?: number;
}

/**
 * Says how much one run of a primitive may take at most: calls, waiting, time and money, for each leaf and in all.
 *
 * The bounds are those of the worst that may happen: every step fails, hangs, or ignores its abort when that makes most of
 * the matter, each bound by a course of its own. Where there is no bound it says why and where; a missing timeout is the
 * usual reason. Nothing is run. Code that only decides (predicates, `select`, `retryIf`, schemas, keys) is taken to take no
 * time, and no caller is taken to abort. Waits of branches that run at once add up, as in `workflow.waiting_ms`.
 *
 * @throws TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { explain, formatExplanation, retry, timeout } from "@tta-dev/primitives";
 *
 * const load = async (url: string) => (await fetch(url)).text();
 * const robust = retry(timeout(load, { timeoutMs: 2_000 }), { attempts: 3 });
 * const text = formatExplanation(explain(robust, { timeoutMs: 5_000 }));
 * ```
 */
export function explain<I, O>(
  primitive: Primitive<I, O>,
  options: ExplainOptions = {},
): Explanation {
  checkOptions(options, "explain(primitive, options)");
  const timeoutMs = checkOptionalNumber(
    options.timeoutMs,
    "explain({ timeoutMs })",
    POSITIVE_DURATION,
  );
  const retryAfterMs = checkOptionalNumber(
    options.retryAfterMs,
    "explain({ retryAfterMs })",
    DURATION,
  );
  const root = rootSite(nodeOf(primitive, "explain(primitive)"));
  const premises = {
    timeoutMs: timeoutMs ?? root.node.context?.timeoutMs ?? Infinity,
    retryAfterMs: retryAfterMs ?? Infinity,
  };
  const measured = { root, premises, maximumOf: maximaOf(root), ceilings: ceilingsOf(root) };
  return {
    name: root.place.name,
    type: root.node.type,
    path: root.place.path,
    ...(premises.timeoutMs !== Infinity && { timeoutMs: premises.timeoutMs }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    total: measureRun(measured),
    leaves: leafSites(root).map((leaf) => ({
      name: leaf.place.name,
      type: leaf.node.type,
      path: leaf.place.path,
      ...measureLeaf(measured, leaf),
    })),
    warnings: warningsOf(root, premises),
  };
}
