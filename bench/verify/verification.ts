/** A comparison of ours with one opponent, made in a process of its own before any row that depends on it. */
export type Verification =
  | "by-hand:four"
  | "by-hand:usual"
  | "by-hand:full"
  | "hand-tuned:usual"
  | "effect:usual"
  | "plain"
  | "langchain"
  | "cockatiel";
