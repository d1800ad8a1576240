import { checkOneOf, checkOptions, describe } from "../options.ts";
import { checkName } from "../primitive.ts";
import type { Component, ComponentCoverage, ComponentOptions } from "./component.ts";
import { checkKeys, gatesFrom } from "./gates.ts";
import { partsOf } from "./parts.ts";
import { componentStages } from "./stage.ts";

const FIELDS: Readonly<Record<keyof ComponentOptions, true>> = {
  name: true,
  stage: true,
  workflow: true,
  primitives: true,
  slos: true,
  docs: true,
  owner: true,
  gates: true,
  coverage: true,
};

/**
 * Declares a part of a system that matures: which primitives it consists of, at which stage it is, and what it has to
 * show for the next one.
 *
 * What it returns is data. The component collector of `@tta-dev/observability` and the command `tta maturity` judge it.
 *
 * @throws TypeError or RangeError that names the option, its value and what was expected
 * @example
 * ```ts
 * import { workflow } from "@tta-dev/primitives";
 * import { defineComponent } from "@tta-dev/primitives/slo";
 *
 * const retriever = workflow("retriever", async (question: string) => [question]);
 * export const component = defineComponent({
 *   name: "retriever",
 *   stage: "staging",
 *   workflow: retriever,
 *   docs: "docs/retriever.md",
 *   coverage: { report: "coverage/lcov.info", include: "src/retriever/**" },
 *   gates: { production: { errorRate: 0.005 } },
 * });
 * ```
 */
export function defineComponent(options: ComponentOptions): Component {
  checkOptions(options, "defineComponent(options)");
  const name = checkName(options.name, "defineComponent({ name })");
  const here = `defineComponent "${name}"`;
  checkKeys(options, Object.keys(FIELDS), here);
  const { stage, docs, owner } = options;
  checkOneOf(stage, `${here}.stage`, componentStages);
  const parts = partsOf(options, here);
  if (docs !== undefined) checkPath(docs, `${here}.docs`);
  if (owner !== undefined) checkName(owner, `${here}.owner`);
  const coverage = coverageFrom(options.coverage, `${here}.coverage`);
  return Object.freeze({
    type: "component",
    name,
    stage,
    parts,
    slos: slosFrom(options, `${here}.slos`),
    ...(docs !== undefined && { docs }),
    ...(owner !== undefined && { owner }),
    gates: gatesFrom(options.gates, `${here}.gates`),
    ...(coverage !== undefined && { coverage }),
  });
}

function slosFrom({ slos, workflow }: ComponentOptions, option: string): readonly string[] {
  const given: unknown = slos ?? workflow?.describe().options["slos"] ?? [];
  if (!Array.isArray(given))
    throw new TypeError(`${option}: expected an array of SLOs, got ${describe(given)}`);
  const names = given.map((one: unknown, index) =>
    checkName(
      typeof one === "string" ? one : (one as { readonly name?: unknown } | null)?.name,
      `${option}[${index}]`,
    ),
  );
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`${option}: "${twice}" is in it twice`);
  return Object.freeze(names);
}

function coverageFrom(
  coverage: ComponentOptions["coverage"],
  option: string,
): ComponentCoverage | undefined {
  if (coverage === undefined) return undefined;
  checkOptions(coverage, option);
  checkKeys(coverage, ["report", "include"], option);
  const { report, include } = coverage;
  checkPath(report, `${option}.report`);
  const globs = typeof include === "string" ? [include] : include;
  if (!Array.isArray(globs) || globs.length === 0)
    throw new TypeError(
      `${option}.include: expected a glob or an array of globs, got ${Array.isArray(globs) ? "an empty array" : describe(globs)}`,
    );
  for (const [index, glob] of globs.entries()) {
    if (typeof glob !== "string" || /^!?\s*$/.test(glob))
      throw new TypeError(
        `${option}.include[${index}]: expected a glob such as "src/**", got ${describe(glob)}`,
      );
  }
  if (globs.every((glob: string) => glob.startsWith("!")))
    throw new RangeError(`${option}.include: expected a glob that takes files in, got only "!…"`);
  return Object.freeze({ report, include: Object.freeze([...(globs as readonly string[])]) });
}

function checkPath(path: unknown, option: string): void {
  if (typeof path !== "string" || path.trim() === "" || path.includes("\0"))
    throw new TypeError(`${option}: expected the path of a file, got ${describe(path)}`);
  if (/^[a-z][a-z+.-]+:\/\//i.test(path))
    throw new TypeError(`${option}: expected the path of a file, got the URL ${describe(path)}`);
}
