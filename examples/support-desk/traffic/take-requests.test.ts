import { describe, expect, test } from "vitest";
import { takeRequests } from "./take-requests.ts";

const row = (atMs: number): { atMs: number; promptTokens: number; completionTokens: number } => ({
  atMs,
  promptTokens: 10,
  completionTokens: 5,
});

describe("takeRequests", () => {
  test("a longer trace is read no further than it has to be", async () => {
    let read = 0;
    function* rows(): Generator<ReturnType<typeof row>> {
      for (;;) yield row(read++);
    }
    const requests = await takeRequests(rows(), 3);
    expect(requests.map(({ key, atMs }) => [key, atMs])).toEqual([
      ["request-1", 0],
      ["request-2", 1],
      ["request-3", 2],
    ]);
    expect(read).toBe(3);
  });

  test("a shorter trace starts over one mean gap after its last row", async () => {
    const requests = await takeRequests([row(0), row(100), row(200)], 7);
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 100, 200, 300, 400, 500, 600]);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(7);
  });

  test("a trace of one row repeats it every second", async () => {
    const requests = await takeRequests([row(0)], 3);
    expect(requests.map(({ atMs }) => atMs)).toEqual([0, 1000, 2000]);
  });

  test("no rows give no requests", async () => {
    expect(await takeRequests([], 3)).toEqual([]);
  });
});
