import type { Context } from "@opentelemetry/api";
import { context as active, trace } from "@opentelemetry/api";
import { KEEP } from "./sampling-attributes.ts";

/**
 * Marks the running trace to be kept by the tail sampler, whatever it costs and however it ends.
 *
 * It is the attribute `sampling.keep` on the span that is active; setting that oneself does the same. A trace that was
 * not recorded from the start cannot be kept.
 *
 * @param context Where the span is looked for. @default what is active
 * @returns whether there is a span that could be marked
 * @example
 * ```ts
 * import { keepTrace } from "@tta-dev/observability";
 * import { workflow } from "@tta-dev/primitives";
 *
 * const refund = workflow("refund", async ({ amountUsd }: { amountUsd: number }) => {
 *   if (amountUsd > 1_000) keepTrace();
 *   return "done";
 * });
 * ```
 */
export function keepTrace(context: Context = active.active()): boolean {
  const span = trace.getSpan(context);
  if (span?.isRecording() !== true) return false;
  span.setAttribute(KEEP, true);
  return true;
}
