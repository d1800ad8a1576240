/** Which trap a tree has. */
export type WarningCode =
  | "retry_around_breaker"
  | "timeouts_exceed_outer"
  | "cache_inside_retry"
  | "hedge_not_idempotent"
  | "retry_repeats_side_effects";

/** A trap in a tree, and the way out of it. */
export interface Warning {
  readonly code: WarningCode;
  /** Where the primitive stands that the message is about. */
  readonly path: string;
  readonly message: string;
}
