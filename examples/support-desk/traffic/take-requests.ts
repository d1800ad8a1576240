import type { TraceRow } from "./trace-row.ts";

/** One request of a run of the demo: a row of the trace with a number and a key. */
export interface TrafficRequest extends TraceRow {
  /** From 1, in order of arrival. */
  readonly number: number;
  /** Names the request on every call made for it; whatever is left to chance depends on this key. */
  readonly key: string;
}

/**
 * Takes the first `count` requests of a trace. A shorter trace starts over, one mean gap after its
 * last row, as often as it takes.
 */
export async function takeRequests(
  trace: AsyncIterable<TraceRow> | Iterable<TraceRow>,
  count: number,
): Promise<TrafficRequest[]> {
  const rows: TraceRow[] = [];
  for await (const row of trace) {
    rows.push(row);
    if (rows.length >= count) break;
  }
  const lastMs = rows.at(-1)?.atMs ?? 0;
  const lapMs = rows.length > 1 ? lastMs + lastMs / (rows.length - 1) : 1000;

  const requests: TrafficRequest[] = [];
  while (rows.length > 0 && requests.length < count) {
    const lap = Math.floor(requests.length / rows.length);
    const row = rows[requests.length % rows.length];
    if (row === undefined) break;
    const number = requests.length + 1;
    requests.push({ ...row, atMs: row.atMs + lap * lapMs, number, key: `request-${number}` });
  }
  return requests;
}
