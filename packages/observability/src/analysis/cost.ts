import type { Snapshot } from "@tta-dev/primitives";
import type { CostFigures } from "./cost-figures.ts";
import { costFigures } from "./cost-figures.ts";
import type { LabelMatch } from "./label-match.ts";
import { checkMatch } from "./label-match.ts";
import type { Money } from "./money.ts";
import { checkObject, checkWord } from "./wrong-argument.ts";

const LABELS = [
  "workflow_name",
  "agent_type",
  "llm_provider",
  "llm_model_name",
  "mechanism",
  "primitive_name",
  "route",
] as const;

/** A label of the metrics of money. */
export type CostLabel = (typeof LABELS)[number];

export interface CostOptions {
  /**
   * The label whose values get figures of their own. `mechanism`: what saved it; `primitive_name`: the cache or
   * router that saved it; `route`: the route of a router that did.
   *
   * @default "workflow_name"
   */
  readonly by?: CostLabel;
  /** Only series with these labels, for example `{ llm_provider: "openai" }`. @default all */
  readonly where?: LabelMatch<CostLabel>;
}

/** What `cost()` returns: the figures of all that matches, and of each group. */
export interface CostReport extends CostFigures {
  /** Savings by what saved: a response cache, the provider's prompt cache, routing to a cheaper model. */
  readonly mechanisms: readonly { readonly name: string; readonly saved: Money }[];
  readonly by: CostLabel;
  /** One for each value of `by`, in the order of the names. */
  readonly groups: readonly (CostFigures & { readonly name: string })[];
}

/**
 * Works out of a snapshot what was spent and what was saved since the process began; of several processes together
 * with `mergeSnapshots`.
 *
 * Money is added up in nano-dollars and exact. A figure is undefined where its metric lacks a label that was asked
 * for: savings have no model, so by model there is only what was spent.
 *
 * @throws TypeError or RangeError for a wrong option: it names the option, the value and what was expected
 * @example
 * ```ts
 * import { costOf } from "@tta-dev/observability";
 * import { slot } from "@tta-dev/primitives";
 *
 * const cost = costOf(slot().registry.snapshot(), { by: "llm_model_name" });
 * for (const { name, spent } of cost.groups) process.stdout.write(`${name}: ${spent?.usd} USD\n`);
 * ```
 */
export function costOf(snapshot: Snapshot, options: CostOptions = {}): CostReport {
  checkObject("cost: the argument", options);
  const { by = "workflow_name", where = {} } = options;
  checkWord("cost: by", by, LABELS);
  checkMatch("cost: where", where, LABELS);
  return {
    ...costFigures(snapshot, { where }).get("")!,
    mechanisms: named(costFigures(snapshot, { where, by: "mechanism" })).flatMap(
      ({ name, saved }) => (saved === undefined ? [] : { name, saved }),
    ),
    by,
    groups: named(costFigures(snapshot, { where, by })),
  };
}

function named(
  figures: ReadonlyMap<string, CostFigures>,
): (CostFigures & { readonly name: string })[] {
  return [...figures]
    .map(([name, one]) => ({ name, ...one }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
