/**
 * Every span name, once, as a pattern.
 *
 * Names have low cardinality by construction: what fills a placeholder is written in the code (a branch name, a
 * route, a position), never taken from data.
 */
export const spanPatterns = {
  execution: "primitive.{type}.{action}",
  sequentialStep: "primitive.sequential.step_{index}",
  parallelBranch: "primitive.parallel.branch_{key}",
  conditionalBranch: "primitive.conditional.branch_{branch}",
  switchCase: "primitive.switch.case_{key}",
  mapItem: "primitive.map.item",
  retryAttempt: "primitive.retry.attempt",
  fallbackPrimary: "primitive.fallback.primary",
  fallbackAlternative: "primitive.fallback.alternative_{index}",
  routerRoute: "primitive.router.route_{key}",
  sagaStep: "primitive.saga.step_{index}",
  sagaCompensation: "primitive.saga.compensate_{index}",
  hedgeAttempt: "primitive.hedge.attempt_{index}",
  raceAttempt: "primitive.race.attempt_{key}",
  loopIteration: "primitive.loop.iteration",
  llmCall: "chat {model}",
} as const;

/** The spans of the catalogue. */
export type SpanKey = keyof typeof spanPatterns;

type Placeholder<P extends string> = P extends `${string}{${infer K}}${infer Rest}`
  ? K | Placeholder<Rest>
  : never;

type Fill<K extends SpanKey> = [Placeholder<(typeof spanPatterns)[K]>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholder<(typeof spanPatterns)[K]>, string | number>>];

/**
 * Returns the name of a span of the catalogue.
 *
 * @param key Which span.
 * @param fill Values for the placeholders of its pattern; none where it has none.
 * @example
 * ```ts
 * import { spanName } from "@tta-dev/primitives/catalog";
 *
 * spanName("sequentialStep", { index: 0 }); // "primitive.sequential.step_0"
 * spanName("retryAttempt"); // "primitive.retry.attempt"
 * ```
 */
export function spanName<K extends SpanKey>(key: K, ...fill: Fill<K>): string {
  const values: Readonly<Record<string, string | number>> = fill[0] ?? {};
  return spanPatterns[key].replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    String(values[name] ?? ""),
  );
}
