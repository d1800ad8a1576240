import { isRecord } from "../config/kind.ts";
import type { BucketCounts } from "./sliding-window.ts";

/** What is saved of all SLOs. */
export interface SloState {
  readonly version: 1;
  readonly slos: readonly SavedSlo[];
}

/** What is saved of one SLO. */
export interface SavedSlo {
  readonly name: string;
  /** What judged the events, as text: counts of another indicator or workflow are not taken over. */
  readonly judgedBy: string;
  /** When the last of its events leaves its window, epoch milliseconds. */
  readonly expiresAtMs: number;
  readonly lastSuccessAtMs?: number;
  readonly burning: readonly { readonly pair: string; readonly sinceMs: number }[];
  readonly windows: readonly SavedWindow[];
}

/** The buckets of one window that hold something. */
export interface SavedWindow {
  readonly name: string;
  readonly bucketMs: number;
  readonly buckets: readonly BucketCounts[];
}

/**
 * Reads what was saved. Trusts nothing in it.
 *
 * @throws Error that says what is wrong with it
 */
export function parseState(text: string): SloState {
  const state: unknown = JSON.parse(text);
  if (!isRecord(state)) throw new Error("it is no object");
  if (state["version"] !== 1)
    throw new Error(`its version is ${JSON.stringify(state["version"])}, not 1`);
  return { version: 1, slos: list(state["slos"], "slos").map(parseSlo) };
}

function parseSlo(value: unknown): SavedSlo {
  const slo = record(value, "slos");
  const lastSuccessAtMs = slo["lastSuccessAtMs"];
  return {
    name: string(slo["name"], "name"),
    judgedBy: string(slo["judgedBy"], "judgedBy"),
    expiresAtMs: number(slo["expiresAtMs"], "expiresAtMs"),
    ...(lastSuccessAtMs !== undefined && {
      lastSuccessAtMs: number(lastSuccessAtMs, "lastSuccessAtMs"),
    }),
    burning: list(slo["burning"], "burning").map((one) => {
      const { pair, sinceMs } = record(one, "burning");
      return { pair: string(pair, "pair"), sinceMs: number(sinceMs, "sinceMs") };
    }),
    windows: list(slo["windows"], "windows").map((one) => {
      const { name, bucketMs, buckets } = record(one, "windows");
      const width = number(bucketMs, "bucketMs");
      if (width <= 0) throw new Error("bucketMs is not above 0");
      return {
        name: string(name, "name"),
        bucketMs: width,
        buckets: list(buckets, "buckets").map(parseBucket),
      };
    }),
  };
}

function parseBucket(value: unknown): BucketCounts {
  const [index, events, bad] = list(value, "buckets").map((one) => number(one, "buckets"));
  const isCount = (count: number | undefined): count is number =>
    count !== undefined && Number.isSafeInteger(count) && count >= 0;
  if (!Number.isSafeInteger(index) || !isCount(events) || !isCount(bad) || bad > events)
    throw new Error("buckets holds something that is no count");
  return [index!, events, bad];
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Error(`${name} holds something that is no object`);
  return value;
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${name} is no array`);
  return value;
}

function string(value: unknown, name: string): string {
  if (typeof value !== "string") throw new Error(`${name} is no text`);
  return value;
}

function number(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${name} is no number`);
  return value;
}
