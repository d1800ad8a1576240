import type { TraceRatio } from "./trace-ratio.ts";

/** A share of the traces that is chosen so that a rate of spans is kept. It has to be told where the spans go. */
export interface SpanBudget extends TraceRatio {
  /** How many spans a trace of this name is expected to have. */
  readonly expected: (name: string) => number;
  /** A trace of this name is over, kept or not, and had so many spans. */
  readonly learn: (name: string, spans: number) => void;
  /** So many spans are kept, by the share or for another reason; a negative number takes an expectation back. */
  readonly spend: (spans: number) => void;
}
