import {
  cache,
  circuitBreaker,
  explain,
  formatExplanation,
  hedge,
  parallel,
  retry,
  sequential,
  step,
  timeout,
  waitFor,
  workflow,
  type Primitive,
} from "@tta-dev/primitives";
import { describe, expect, it } from "vitest";

const load = async (id: string): Promise<string> => id;
const search = step("search", load, { idempotent: true });
const pay = step("pay", load, { sideEffects: true });

function codesOf(primitive: Primitive<string, string>, timeoutMs?: number): readonly string[] {
  return explain(primitive, timeoutMs === undefined ? {} : { timeoutMs }).warnings.map(
    ({ code, path }) => `${code} at ${path}`,
  );
}

describe("explain warns about", () => {
  it("a retry whose retryIf may repeat an open circuit", () => {
    const breaker = circuitBreaker(load);
    expect(codesOf(retry(breaker, { attempts: 2, retryIf: () => true }))).toEqual([
      "retry_around_breaker at load",
    ]);
    expect(codesOf(retry(breaker, { attempts: 2 }))).toEqual([]);
    expect(codesOf(circuitBreaker(retry(load, { attempts: 2, retryIf: () => true })))).toEqual([]);
  });

  it("attempts whose timeouts do not fit into the timeout around them", () => {
    const inner = (timeoutMs: number): Primitive<string, string> =>
      retry(timeout(load, { timeoutMs }), { attempts: 3 });
    expect(codesOf(timeout(inner(1000), { timeoutMs: 2000 }))).toEqual([
      "timeouts_exceed_outer at load/body:load",
    ]);
    expect(codesOf(timeout(sequential(load, inner(1000)), { timeoutMs: 2000 }))).toHaveLength(1);
    expect(codesOf(timeout(inner(600), { timeoutMs: 2000 }))).toEqual([]);
    expect(
      codesOf(timeout(timeout(inner(1000), { timeoutMs: 3500 }), { timeoutMs: 2000 })),
    ).toEqual([]);
  });

  it("attempts whose timeouts do not fit into the run's limit", () => {
    const run = workflow("w", retry(timeout(load, { timeoutMs: 1000 }), { attempts: 3 }));
    expect(codesOf(run, 2000)).toEqual(["timeouts_exceed_outer at w/load"]);
    expect(codesOf(run, 3000)).toEqual([]);
    expect(codesOf(run)).toEqual([]);
  });

  it("a cache inside a retry", () => {
    const cached = cache(load, { key: (id) => id, ttlMs: 1000 });
    expect(codesOf(retry(sequential(cached, load), { attempts: 2 }))).toEqual([
      "cache_inside_retry at retry",
    ]);
    expect(codesOf(cache(retry(load, { attempts: 2 }), { key: (id) => id, ttlMs: 1000 }))).toEqual(
      [],
    );
  });

  it("a hedge over a step that is not marked idempotent", () => {
    expect(codesOf(hedge(load, { delayMs: 10, assumeIdempotent: true }))).toEqual([
      "hedge_not_idempotent at load",
    ]);
    expect(codesOf(hedge(search, { delayMs: 10 }))).toEqual([]);
  });

  it("a retry of a step with side effects that is not marked idempotent", () => {
    expect(codesOf(retry(pay, { attempts: 2 }))).toEqual(["retry_repeats_side_effects at pay"]);
    const safe = step("pay", load, { sideEffects: true, idempotent: true });
    expect(codesOf(retry(safe, { attempts: 2 }))).toEqual([]);
  });
});

describe("explain", () => {
  it("has no bound for the time of branches without a timeout", () => {
    const { leaves, total } = explain(sequential(load, parallel({ a: load, b: load })));
    expect([...leaves.map(({ totalMs }) => totalMs.kind), total.totalMs.kind]).toEqual(
      Array(4).fill("unbounded"),
    );
    expect(total.calls).toEqual({ kind: "bounded", max: 3 });
  });
});

describe("explain with a limit for the run", () => {
  it("adds what the run may wait for a signal: the limit stands still meanwhile", () => {
    const run = workflow(
      "w",
      sequential(timeout(load, { timeoutMs: 1000 }), waitFor("approval", { timeoutMs: 35_000 })),
    );
    expect(explain(run, { timeoutMs: 500 }).total.totalMs).toEqual({
      kind: "bounded",
      max: 35_500,
    });
  });
});

describe("formatExplanation", () => {
  it("prints a row a leaf, one for the run, the reasons and the traps", () => {
    const text = formatExplanation(
      explain(
        workflow(
          "w",
          sequential(
            timeout(load, { timeoutMs: 1500 }),
            retry(pay, { attempts: 2, backoff: { kind: "constant", delayMs: 20 } }),
          ),
        ),
      ),
    );
    expect(text).toMatch(/^at most +calls +waiting +time\n/);
    expect(text).toMatch(/\nw\/0:load\/body:load +1 +0 ms +1\.5 s\n/);
    expect(text).toMatch(/\nworkflow w +3 +unbounded \[1\] +unbounded \[1\]\[2\]\n/);
    expect(text).toMatch(/\n\[2\] w\/1:pay\/attempt:pay: .*put a timeout around it\n/);
    expect(text).toMatch(/\nwarning: w\/1:pay: it may repeat "pay"/);
  });
});
