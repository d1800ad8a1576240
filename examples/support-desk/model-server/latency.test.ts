import { expect, test } from "vitest";
import { latencyMs } from "./latency.ts";

const pace = { baseMs: 400, perOutputTokenMs: 20, slowFactor: 8, speed: 4 };

test.each([
  ["answer", 600],
  ["slow", 4800],
  ["rate_limited", 10],
  ["unavailable", 10],
  ["server_error", 100],
  ["reset", 100],
] as const)(
  "a call that ends as %s takes %i ms of wall time at four times the speed",
  (fate, milliseconds) => {
    expect(latencyMs({ fate, outputTokens: 100 }, pace)).toBe(milliseconds);
  },
);
