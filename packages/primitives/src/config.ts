import type { Component } from "./component/component.ts";
import { checkComponents } from "./component/check-components.ts";
import { checkOptions, describe } from "./options.ts";
import type { Primitive } from "./primitive.ts";
import { checkSlos } from "./slo/declare-slos.ts";
import type { Slo } from "./slo/slo.ts";

/** What a project tells every `tta` command about itself, in `tta.config.ts`. */
export interface TtaConfig {
  /** The project's workflows; names must differ. */
  readonly workflows: readonly Primitive<never, unknown>[];
  /** Service level objectives, as `defineSlo` makes them. */
  readonly slos?: readonly Slo[];
  /** Components with a maturity, as `defineComponent` makes them. */
  readonly components?: readonly Component[];
  /** USD per million tokens, by `provider/model`. */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  /** The model against which savings are reckoned, as `provider/model`. */
  readonly reference?: string;
}

/** USD per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

/**
 * Declares a project for the command `tta`: put it in `tta.config.ts` as `export const config`.
 *
 * @throws TypeError when something is not what it should be, RangeError when two workflows, two SLOs or two components share a name
 * @example
 * ```ts
 * import { workflow } from "@tta-dev/primitives";
 * import { defineConfig } from "@tta-dev/primitives/config";
 *
 * const greet = workflow("greet", (name: string) => `Hello ${name}`);
 * export const config = defineConfig({ workflows: [greet] });
 * ```
 */
export function defineConfig(config: TtaConfig): TtaConfig {
  checkOptions(config, "defineConfig(config)");
  const { workflows } = config;
  if (!Array.isArray(workflows))
    throw new TypeError(
      `defineConfig({ workflows }): expected an array of workflows, got ${describe(workflows)}`,
    );
  const names = new Set<string>();
  for (const [index, one] of (
    workflows as readonly Partial<Primitive<never, unknown>>[]
  ).entries()) {
    if (one?.type !== "workflow" || one.name === undefined)
      throw new TypeError(
        `defineConfig({ workflows }): expected what workflow() returns at index ${index}, got ${one?.type === undefined ? describe(one) : `a ${one.type}`}`,
      );
    if (names.has(one.name))
      throw new RangeError(`defineConfig({ workflows }): two workflows are called "${one.name}"`);
    names.add(one.name);
  }
  if (config.slos !== undefined) checkSlos(config.slos, "defineConfig({ slos })");
  if (config.components !== undefined)
    checkComponents(config.components, "defineConfig({ components })");
  return config;
}
