/** Why there is no bound. */
export type UnboundedCode =
  | "no_timeout"
  | "retry_after"
  | "custom_backoff"
  | "map_length"
  | "queue"
  | "wait_for_ever"
  | "own_composite"
  | "no_max_tokens"
  | "no_price";

export interface Unbounded {
  readonly code: UnboundedCode;
  /** Where. */
  readonly path: string;
  readonly message: string;
}

/**
 * The most that one run may take of something; or why nobody can say.
 *
 * `withoutRetryAfter` is there where a server may ask for longer waits (`Retry-After`): the bound if none does.
 */
export type Bound =
  | { readonly kind: "bounded"; readonly max: number; readonly withoutRetryAfter?: number }
  | {
      readonly kind: "unbounded";
      readonly reasons: readonly Unbounded[];
      readonly withoutRetryAfter?: number;
    };
