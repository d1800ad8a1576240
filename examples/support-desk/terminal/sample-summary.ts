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

const calls = (requests: number, errors: number): Summary["llm"]["total"] => ({
  requests,
  byStatus: { success: requests - errors, error: errors, cancelled: 0, timeout: 0, rejected: 0 },
  errors,
  errorRate: errors / requests,
  tokens: { prompt: 0, completion: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
  costUsd: 1.5,
  unpricedRequests: 0,
  latencySeconds: {
    count: requests - errors,
    mean: 1,
    p50: 0.913,
    p90: 2,
    p95: 2.48,
    p99: 3.1,
    max: 3.5,
  },
  failedLatencySeconds: null,
  timeToFirstTokenSeconds: null,
});

const model = (
  name: string,
  requests: number,
  errors: number,
): Summary["llm"]["models"][number] => ({
  provider: "openai",
  model: name,
  tiers: [],
  ...calls(requests, errors),
});

type Evaluation = Summary["components"][number];

const gate = (
  name: Evaluation["declared"]["gates"][number]["gate"],
  status: Evaluation["declared"]["gates"][number]["status"],
): Evaluation["declared"]["gates"][number] => ({
  gate: name,
  status,
  value: status === "no_data" ? null : 1,
  threshold: 1,
  found: "1",
  asked: "1",
  note: "",
});

const heldAgainst = <S extends Evaluation["stage"]>(
  stage: S,
  gates: Evaluation["declared"]["gates"],
) => ({
  stage,
  met: gates.every(({ status }) => status === "passed"),
  gates,
  missing: [],
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
  slos: [
    {
      name: "tickets-answered",
      objective: 0.95,
      windowDays: 30,
      state: "met",
      events: 400,
      bad: 2,
      compliance: 0.995,
      errorBudgetRemaining: 0.9,
      isBurning: false,
    },
  ],
  components: [
    {
      name: "coordinator",
      stage: "staging",
      declared: heldAgainst("staging", [gate("coverage", "passed"), gate("docs", "passed")]),
      next: heldAgainst("production", [
        gate("coverage", "failed"),
        gate("slo_compliance", "no_data"),
        gate("days_observed", "failed"),
        gate("docs", "passed"),
      ]),
    },
    {
      name: "executor",
      stage: "staging",
      declared: heldAgainst("staging", [gate("error_rate", "failed"), gate("docs", "passed")]),
      next: heldAgainst("production", [gate("error_rate", "failed"), gate("docs", "failed")]),
    },
    {
      name: "hand-off",
      stage: "development",
      declared: heldAgainst("development", []),
      next: heldAgainst("staging", [gate("executions", "passed")]),
    },
    {
      name: "validator",
      stage: "production",
      declared: heldAgainst("production", [gate("executions", "passed")]),
      next: null,
    },
  ],
  circuits: [
    {
      name: "desk-large",
      state: "closed",
      sinceMs: 1_795_184_291_495,
      secondsIn: { closed: 26.2, open: 3.12, half_open: 0.01 },
      transitions: [],
      transitionCounts: [],
      calls: { success: 340, failure: 31, ignored: 0, rejected: 29 },
      failureRatio: 31 / 371,
    },
  ],
  llm: {
    total: calls(471, 72),
    models: [model("desk-large", 431, 71), model("desk-small", 40, 1)],
    providers: [],
    tiers: [],
  },
  problems: [],
  modelServer: {
    calls: 471,
    endedBy: { "200": 398, "429": 24, "500": 9, "503": 30, abandoned: 4, reset: 6 },
    promptTokens: 431_094,
    completionTokens: 104_009,
    models: {},
  },
};
