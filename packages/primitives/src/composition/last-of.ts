/**
 * The output of the last step that was given, where omitted ones count as `never`.
 *
 * A step that never returns counts as omitted too: what a sequence that only ends by throwing would return is what the
 * step before it does.
 */
export type LastOf<Outputs extends readonly unknown[]> = Outputs extends readonly [
  ...infer Before,
  infer Last,
]
  ? [Last] extends [never]
    ? Before extends readonly []
      ? never
      : LastOf<Before>
    : Last
  : never;
