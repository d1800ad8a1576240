import type { Correlation } from "./correlation.ts";
import type { LineLevel } from "./levels.ts";

/** Something that is to be logged. */
export interface LogEntry {
  readonly level: LineLevel;
  readonly event: unknown;
  readonly logger: string;
  /** Epoch milliseconds. @default now */
  readonly timestampMs?: number;
  /** @default what is ambient */
  readonly correlation?: Correlation;
  /** Objects whose fields go onto the line; the later wins. */
  readonly fields: readonly unknown[];
}

/** A line before it is written: plain and redacted, in the order in which it is written. */
export interface LogLine extends Correlation {
  readonly level: LineLevel;
  readonly event: string;
  readonly logger: string;
  readonly [field: string]: unknown;
}

/** Takes what has become of an entry. Must not throw. */
export type LineTaker = (line: LogLine, timestampMs: number) => void;
