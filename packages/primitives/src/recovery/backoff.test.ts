import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBackoff, type Backoff, type BackoffPlan, type Jitter } from "./backoff.ts";

const kinds = ["constant", "linear", "exponential"] as const;
const jitters = ["none", "full", "equal", "decorrelated"] as const;

const half = (): number => 0.5;

/** The waits of a retry that makes every attempt it may. */
function waits(plan: BackoffPlan, count: number, random = half): number[] {
  const delays: number[] = [];
  for (let attempt = 1; attempt <= count; attempt++)
    delays.push(plan.delayMs(attempt, random, delays.at(-1) ?? 0));
  return delays;
}

describe("a backoff without jitter", () => {
  it.each([
    ["constant", [100, 100, 100, 100]],
    ["linear", [100, 200, 300, 350]],
    ["exponential", [100, 200, 350, 350]],
  ] as const)("is %s up to its cap: %j", (kind, expected) => {
    const plan = planBackoff({ kind, delayMs: 100, maxDelayMs: 350 }, "none");
    expect(waits(plan, 4)).toEqual(expected);
  });

  it("grows by the factor given", () => {
    expect(waits(planBackoff({ kind: "exponential", delayMs: 10, factor: 3 }, "none"), 4)).toEqual([
      10, 30, 90, 270,
    ]);
  });

  it("may be a function of the attempt", () => {
    expect(
      waits(
        planBackoff((attempt) => attempt ** 2),
        4,
      ),
    ).toEqual([1, 4, 9, 16]);
  });

  it("is capped at 30 s unless told otherwise", () => {
    expect(waits(planBackoff({ kind: "exponential", delayMs: 20_000 }, "none"), 3)).toEqual([
      20_000, 30_000, 30_000,
    ]);
  });

  it("has a first wait beyond 30 s for its cap", () => {
    expect(waits(planBackoff({ kind: "linear", delayMs: 40_000 }), 2)).toEqual([40_000, 40_000]);
  });
});

describe("jitter", () => {
  it("is full for exponential backoff and none for the others, unless asked", () => {
    expect(waits(planBackoff(), 3)).toEqual([100, 200, 400]);
    expect(waits(planBackoff({ kind: "exponential", delayMs: 100 }), 2)).toEqual([50, 100]);
    expect(waits(planBackoff({ kind: "constant", delayMs: 100 }), 2)).toEqual([100, 100]);
    expect(waits(planBackoff({ kind: "linear", delayMs: 100 }), 2)).toEqual([100, 200]);
    expect(
      waits(
        planBackoff(() => 100),
        2,
      ),
    ).toEqual([100, 100]);
  });

  it.each([
    ["full", [50, 50]],
    ["equal", [75, 75]],
    ["decorrelated", [100, 200]],
  ] as const)("%s spreads a constant wait to %j", (jitter, expected) => {
    expect(waits(planBackoff({ kind: "constant", delayMs: 100 }, jitter), 2)).toEqual(expected);
    expect(
      waits(
        planBackoff(() => 100, jitter),
        2,
      ),
    ).toEqual(expected);
  });

  it("that is decorrelated reaches from the first wait to three times the last one", () => {
    const plan = planBackoff({ kind: "exponential", delayMs: 100 }, "decorrelated");
    expect(plan.delayMs(2, () => 0, 200)).toBe(100);
    expect(plan.delayMs(2, () => 0.5, 200)).toBe(350);
  });

  it("never exceeds the cap and never falls below 0", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(...jitters, undefined),
        fc.record({
          delayMs: fc.oneof(fc.nat(100_000), fc.double({ min: 0, max: 1e9, noNaN: true })),
          maxDelayMs: fc.option(fc.nat(100_000), { nil: undefined }),
          factor: fc.option(fc.double({ min: 1, max: 100, noNaN: true }), { nil: undefined }),
        }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
        (kind, jitter, { delayMs, maxDelayMs, factor }, chances) => {
          const plan = planBackoff(
            {
              kind,
              delayMs,
              ...(maxDelayMs !== undefined && { maxDelayMs }),
              ...(factor !== undefined && { factor }),
            },
            jitter,
          );
          let drawn = 0;
          const random = (): number => chances[drawn++ % chances.length]!;
          const cap = maxDelayMs ?? Math.max(delayMs, 30_000);
          expect(plan.maxDelayMs).toBe(cap);
          for (const wait of waits(plan, 40, random)) {
            expect(wait).toBeGreaterThanOrEqual(0);
            expect(wait).toBeLessThanOrEqual(cap);
          }
        },
      ),
    );
  });

  it.each(jitters)("%s leaves no wait at no wait, however many attempts there are", (jitter) => {
    const plan = planBackoff({ kind: "exponential", delayMs: 0 }, jitter);
    expect([1, 2, 1_000, 100_000].map((attempt) => plan.delayMs(attempt, half, 0))).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe("as data", () => {
  it("a backoff says what it was given and what it assumes", () => {
    expect(planBackoff()).toMatchObject({
      isBounded: true,
      maxDelayMs: 30_000,
      options: {
        kind: "exponential",
        delayMs: 200,
        maxDelayMs: 30_000,
        factor: 2,
        jitter: "full",
      },
    });
  });

  it("a function has no bound", () => {
    expect(planBackoff(() => 1, "equal")).toMatchObject({
      isBounded: false,
      maxDelayMs: Infinity,
      options: { kind: "custom", jitter: "equal" },
    });
  });
});

describe("a wrong backoff", () => {
  it.each<[unknown, unknown, string]>([
    ["fast", undefined, 'retry({ backoff }): expected an object or a function, got "fast"'],
    [null, undefined, "retry({ backoff }): expected an object or a function, got null"],
    [
      { kind: "quadratic", delayMs: 1 },
      undefined,
      'retry({ backoff: { kind } }): expected one of "constant", "linear", "exponential", got "quadratic"',
    ],
    [
      { kind: "linear" },
      undefined,
      "retry({ backoff: { delayMs } }): expected a finite number of at least 0, got undefined",
    ],
    [
      { kind: "linear", delayMs: -1 },
      undefined,
      "retry({ backoff: { delayMs } }): expected a finite number of at least 0, got -1",
    ],
    [
      { kind: "linear", delayMs: 1, maxDelayMs: Number.NaN },
      undefined,
      "retry({ backoff: { maxDelayMs } }): expected a finite number of at least 0, got NaN",
    ],
    [
      { kind: "exponential", delayMs: 1, factor: 0.5 },
      undefined,
      "retry({ backoff: { factor } }): expected a finite number of at least 1, got 0.5",
    ],
    [
      { kind: "linear", delayMs: 1 },
      "half",
      'retry({ jitter }): expected one of "none", "full", "equal", "decorrelated", got "half"',
    ],
  ])("%j with jitter %j is refused by name", (backoff, jitter, message) => {
    expect(() => planBackoff(backoff as Backoff, jitter as Jitter)).toThrow(message);
  });

  it.each([Number.NaN, -1, Infinity, "5", undefined])(
    "wait of %j is refused when it is asked for",
    (wait) => {
      const plan = planBackoff(() => wait as number);
      expect(() => plan.delayMs(2, half, 0)).toThrow(
        /^retry\(\{ backoff \}\): what it returned for attempt 2: expected a finite number of at least 0, got/,
      );
    },
  );
});
