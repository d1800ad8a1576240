import type { Fate } from "./fate.ts";

/** How long a model takes, before `speed`. */
export interface ModelPace {
  /** Until the first token, in milliseconds. */
  readonly baseMs: number;
  /** For each token of the answer, in milliseconds. */
  readonly perOutputTokenMs: number;
}

/**
 * Returns how long a call takes in milliseconds of wall time. An answer takes its base and its
 * tokens; a refusal (429, 503) a tenth of the base; a crash (500, reset) the whole base.
 */
export function latencyMs(
  call: { readonly fate: Fate; readonly outputTokens: number },
  pace: ModelPace & { readonly slowFactor: number; readonly speed: number },
): number {
  const answerMs = pace.baseMs + pace.perOutputTokenMs * call.outputTokens;
  const modelMs: Readonly<Record<Fate, number>> = {
    answer: answerMs,
    slow: answerMs * pace.slowFactor,
    rate_limited: pace.baseMs / 10,
    unavailable: pace.baseMs / 10,
    server_error: pace.baseMs,
    reset: pace.baseMs,
  };
  return modelMs[call.fate] / pace.speed;
}
