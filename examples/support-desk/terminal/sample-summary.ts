import type { Summary } from "../summary/summary.ts";

const primitive = (
  name: string,
  type: string,
  ...[count = 0, errors = 0, p50Ms = 0, p95Ms = 0, p99Ms = 0]: readonly number[]
): Summary["primitives"][number] => ({
  name,
  type,
  count,
  errors,
  p50Seconds: p50Ms / 1000,
  p95Seconds: p95Ms / 1000,
  p99Seconds: p99Ms / 1000,
});

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
  metricsUrl: "http://127.0.0.1:9464/metrics",
  failures: [{ errorType: "WAIT_TIMEOUT", runs: 2 }],
  primitives: [
    primitive("answer-ticket", "workflow", 400, 2, 1_310, 4_020, 6_112),
    primitive("retrieve", "parallel", 400, 0, 41.2, 58.8, 64.2),
    primitive("search-docs", "cache", 400, 0, 0.02, 57.5, 63.9),
    primitive("draft", "fallback", 400, 2, 1_190, 3_700, 5_871),
    primitive("desk-large", "circuit_breaker", 400, 31, 1_180, 3_610, 5_004),
    primitive("desk-large", "retry", 371, 12, 1_180, 3_610, 5_004),
    primitive("person-replies", "wait", 23, 2, 1_620, 2_420, 61_000),
  ],
  retries: { repeatedAttempts: 52, recovered: 41, failed: 12 },
  fallbacks: [
    { name: "draft", servedBy: "desk-small", activations: 38 },
    { name: "draft", servedBy: "canned-answer", activations: 1 },
  ],
  breakers: [
    {
      name: "desk-large",
      state: "closed",
      transitions: [
        { from: "closed", to: "open", count: 1 },
        { from: "open", to: "half_open", count: 3 },
        { from: "half_open", to: "open", count: 2 },
        { from: "half_open", to: "closed", count: 1 },
      ],
      rejected: 29,
    },
  ],
  tokens: { prompt: 431_094, completion: 104_009 },
  caches: [{ name: "search-docs", hits: 280, misses: 120 }],
  waits: [{ name: "person-replies", kind: "approval", count: 23, completed: 21, timedOut: 2 }],
  models: [
    {
      model: "desk-large",
      requests: 431,
      errors: 71,
      promptTokens: 390_000,
      completionTokens: 95_000,
    },
    {
      model: "desk-small",
      requests: 40,
      errors: 1,
      promptTokens: 41_094,
      completionTokens: 9_009,
    },
  ],
  problems: [],
  modelServer: {
    calls: 471,
    endedBy: { "200": 398, "429": 24, "500": 9, "503": 30, abandoned: 4, reset: 6 },
    promptTokens: 431_094,
    completionTokens: 104_009,
    models: {},
  },
};
