import type { Summary } from "../summary.ts";

const primitive = (
  name: string,
  type: string,
  ...[executions = 0, errors = 0, p50Ms = 0, p95Ms = 0, p99Ms = 0]: readonly number[]
): Summary["primitives"][number] => ({ name, type, executions, errors, p50Ms, p95Ms, p99Ms });

/** A summary as a run of the whole excerpt might give. */
export const sampleSummary: Summary = {
  runs: 400,
  errors: 2,
  errorRatio: 0.005,
  traces: 400,
  interrupted: false,
  requested: 400,
  seed: 1,
  speed: 4,
  wallMs: 29_320,
  primitives: [
    primitive("answer-ticket", "workflow", 400, 2, 1_310, 4_020, 6_112),
    primitive("retrieve", "parallel", 400, 0, 41.2, 58.8, 64.2),
    primitive("search-docs", "cache", 400, 0, 0.02, 57.5, 63.9),
    primitive("draft", "fallback", 400, 2, 1_190, 3_700, 5_871),
    primitive("desk-large", "circuit_breaker", 400, 31, 1_180, 3_610, 5_004),
    primitive("desk-large", "retry", 371, 12, 1_180, 3_610, 5_004),
    primitive("agent-reply", "wait", 23, 0, 1_620, 2_420, 61_000),
  ],
  retries: { repeatedAttempts: 52, recovered: 41, failed: 12 },
  fallbacks: [
    { servedBy: "desk-small", activations: 38 },
    { servedBy: "canned-answer", activations: 1 },
  ],
  breakers: [
    {
      name: "desk-large",
      state: "closed",
      transitions: [
        { from: "closed", to: "open", count: 1 },
        { from: "open", to: "half-open", count: 3 },
        { from: "half-open", to: "open", count: 2 },
        { from: "half-open", to: "closed", count: 1 },
      ],
      rejected: 29,
    },
  ],
  tokens: { prompt: 431_094, completion: 104_009 },
  caches: [{ name: "search-docs", hits: 280, misses: 120 }],
  handOffs: { asked: 23, answered: 23 },
  modelServer: {
    calls: 471,
    endedBy: { "200": 398, "429": 24, "500": 9, "503": 30, abandoned: 4, reset: 6 },
    promptTokens: 431_094,
    completionTokens: 104_009,
    models: {},
  },
};
