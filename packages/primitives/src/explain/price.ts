import type { Unbounded } from "./bound.ts";
import type { Site } from "./site.ts";

/** What the answer of one model call may cost, in USD; Infinity where that was not declared. */
export function usdPerCall({ node }: Site): number {
  const { maxTokens, priceUsdPerMillionOutputTokens: price } = node.options;
  return typeof maxTokens === "number" && typeof price === "number"
    ? (maxTokens * price) / 1e6
    : Infinity;
}

/** What was not declared of a model call. */
export function missingPrice({ node, place }: Site): Unbounded | undefined {
  const { maxTokens, priceUsdPerMillionOutputTokens: price } = node.options;
  const { path, name } = place;
  if (typeof maxTokens !== "number")
    return {
      code: "no_max_tokens",
      path,
      message: `model call "${name}" may answer at any length: declare maxTokens`,
    };
  if (typeof price === "number") return undefined;
  return { code: "no_price", path, message: `no price declared for model call "${name}"` };
}
