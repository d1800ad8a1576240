import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { paintAlways } from "./paint.ts";
import { sampleSummary } from "./sample-summary.ts";
import { renderSummary } from "./summary-table.ts";

describe("the summary", () => {
  test("at 80 columns it is a table and lines that break between parts", () => {
    expect(`\n${renderSummary(sampleSummary, { width: 80 })}\n`).toBe(`
400 runs, 2 errors (0.5 %), 400 traces, 29.3 s at 4 × the trace's speed

primitive       type             count  errors      p50      p95       p99
──────────────────────────────────────────────────────────────────────────
answer-ticket   workflow           400       2   1.31 s   4.02 s    6.11 s
retrieve        parallel           400       0  41.2 ms  58.8 ms   64.2 ms
search-docs     cache              400       0  0.02 ms  57.5 ms   63.9 ms
draft           fallback           400       2   1.19 s   3.70 s    5.87 s
desk-large      circuit_breaker    400      31   1.18 s   3.61 s    5.00 s
desk-large      retry              371      12   1.18 s   3.61 s    5.00 s
person-replies  wait                23       2   1.62 s   2.42 s  1 m 01 s

SLOs         tickets-answered is met, 99.5 % of 400 runs good (95 % promised),
             90 % of the error budget left
failed runs  WAIT_TIMEOUT 2 ×
retries      52 repeated attempts, 41 recovered, 12 failed in the end
fallbacks    desk-small 38 ×, canned-answer 1 ×
breakers     desk-large is closed, was open for 3.12 s, closed → open 1 ×,
             open → half-open 3 ×, half-open → open 2 ×, half-open → closed 1 ×,
             29 calls refused
caches       search-docs 70.0 % hits (280 of 400)
waits        person-replies 23 ×, 21 answered, 2 in vain
models       desk-large 431 calls (71 failed, p50 913 ms, p95 2.48 s),
             desk-small 40 calls (1 failed, p50 913 ms, p95 2.48 s)
tokens       431,094 in, 104,009 out, for $1.50
model server 471 calls, 200: 398, 429: 24, 500: 9, 503: 30, abandoned: 4,
             reset: 6

component    stage        is held against  passed  missing
────────────────────────────────────────────────────────────────────────
coordinator  staging      production       1 of 4  coverage, SLOs?, days
executor     staging      staging          1 of 2  errors
hand-off     development  staging          1 of 1
validator    production   production       1 of 1
npx tta maturity --config examples/support-desk/tta.config.ts says why
`);
  });

  test("at 160 columns no line has to break", () => {
    expect(`\n${renderSummary(sampleSummary, { width: 160 })}\n`).toBe(`
400 runs, 2 errors (0.5 %), 400 traces, 29.3 s at 4 × the trace's speed

primitive       type             count  errors      p50      p95       p99
──────────────────────────────────────────────────────────────────────────
answer-ticket   workflow           400       2   1.31 s   4.02 s    6.11 s
retrieve        parallel           400       0  41.2 ms  58.8 ms   64.2 ms
search-docs     cache              400       0  0.02 ms  57.5 ms   63.9 ms
draft           fallback           400       2   1.19 s   3.70 s    5.87 s
desk-large      circuit_breaker    400      31   1.18 s   3.61 s    5.00 s
desk-large      retry              371      12   1.18 s   3.61 s    5.00 s
person-replies  wait                23       2   1.62 s   2.42 s  1 m 01 s

SLOs         tickets-answered is met, 99.5 % of 400 runs good (95 % promised), 90 % of the error budget left
failed runs  WAIT_TIMEOUT 2 ×
retries      52 repeated attempts, 41 recovered, 12 failed in the end
fallbacks    desk-small 38 ×, canned-answer 1 ×
breakers     desk-large is closed, was open for 3.12 s, closed → open 1 ×, open → half-open 3 ×, half-open → open 2 ×, half-open → closed 1 ×, 29 calls refused
caches       search-docs 70.0 % hits (280 of 400)
waits        person-replies 23 ×, 21 answered, 2 in vain
models       desk-large 431 calls (71 failed, p50 913 ms, p95 2.48 s), desk-small 40 calls (1 failed, p50 913 ms, p95 2.48 s)
tokens       431,094 in, 104,009 out, for $1.50
model server 471 calls, 200: 398, 429: 24, 500: 9, 503: 30, abandoned: 4, reset: 6

component    stage        is held against  passed  missing
────────────────────────────────────────────────────────────────────────
coordinator  staging      production       1 of 4  coverage, SLOs?, days
executor     staging      staging          1 of 2  errors
hand-off     development  staging          1 of 1
validator    production   production       1 of 1
npx tta maturity --config examples/support-desk/tta.config.ts says why
`);
  });

  test("at 70 columns the names are cut, the numbers are not", () => {
    const lines = renderSummary(sampleSummary, { width: 70 }).split("\n");
    expect(lines.filter((line) => line.includes("workflow "))).toEqual([
      "answer-ti…  workflow           400       2   1.31 s   4.02 s    6.11 s",
    ]);
    for (const line of lines.slice(2)) expect(displayWidth(line)).toBeLessThanOrEqual(70);
  });

  test.each([
    [
      { state: "missed", compliance: 0.94, errorBudgetRemaining: -0.2, isBurning: true },
      "is missed, 94.0 % of 400 runs good (95 % promised), the budget burns too fast, error budget overspent by 20 %",
    ],
    [
      { state: "too_few_events", events: 1, compliance: 1, errorBudgetRemaining: 1 },
      "has too few runs to judge, 100.0 % of 1 run good (95 % promised), 100 % of the error budget left",
    ],
    [
      { state: "no_data", events: 0, compliance: null, errorBudgetRemaining: null },
      "is not judged yet",
    ],
  ] as const)("an SLO of which %o is known is told in words", (known, words) => {
    const slos = sampleSummary.slos.map((slo) => ({ ...slo, ...known }));
    const text = renderSummary({ ...sampleSummary, slos }, { width: 160 });
    expect(text).toContain(`\nSLOs         tickets-answered ${words}\n`);
  });

  test("an interrupted run says so", () => {
    const text = renderSummary(
      { ...sampleSummary, runs: 1, errors: 0, errorRatio: 0, interrupted: true },
      { width: 80 },
    );
    expect(text.split("\n").slice(0, 2)).toEqual([
      "1 run, 0 errors (0.0 %), 400 traces, 29.3 s at 4 × the trace's speed",
      "interrupted; 400 were asked for",
    ]);
  });

  test("without primitives, components, fallbacks, breakers and caches there is no table and each line says none", () => {
    const text = renderSummary(
      {
        ...sampleSummary,
        primitives: [],
        components: [],
        fallbacks: [],
        breakers: [],
        caches: [],
      },
      { width: 80 },
    );
    expect(text).not.toContain("─");
    for (const label of ["fallbacks", "breakers", "caches"])
      expect(text).toMatch(new RegExp(`^${label} +none$`, "mu"));
  });

  test("colours change nothing but colours", () => {
    const painted = renderSummary(sampleSummary, { width: 80, paint: paintAlways });
    const lines = stripVTControlCharacters(painted).split("\n");
    expect(lines.map((line) => line.trimEnd()).join("\n")).toBe(
      renderSummary(sampleSummary, { width: 80 }),
    );
  });
});
