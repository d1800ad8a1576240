import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProblemReport } from "../problem.ts";
import type { SamplingSettings } from "./check-sampling.ts";
import { checkSampling } from "./check-sampling.ts";

function check(given: unknown): SamplingSettings & { readonly reports: readonly ProblemReport[] } {
  const reports: ProblemReport[] = [];
  return { ...checkSampling(given, (problem) => void reports.push(problem)), reports };
}

describe("the option sampling", () => {
  test.each([undefined, {}, { tail: false }, { tail: undefined, adaptive: undefined }])(
    "as %j turns nothing on",
    (given) => {
      expect(check(given)).toEqual({ tail: undefined, adaptive: undefined, reports: [] });
    },
  );

  test("as tail: true takes every default", () => {
    const { tail, reports } = check({ tail: true });
    expect(tail).toEqual({
      ratio: 0.05,
      errors: "unrecovered",
      slow: { quantile: 0.99, limit: Infinity, minimumCount: 100, windowMs: 300_000 },
      costly: { quantile: 0.99, limit: Infinity, minimumCount: 100, windowMs: 300_000 },
      timeoutMs: 300_000,
      lateSpanMs: 300_000,
      maxTraces: 10_000,
      maxSpans: 20_000,
      maxBytes: 67_108_864,
      maxSpansPerTrace: 2000,
      maxBytesPerTrace: 8_388_608,
    });
    expect([tail, reports]).toEqual([check({ tail: {} }).tail, []]);
  });

  test("takes what is given", () => {
    const { tail, adaptive } = check({
      tail: {
        errors: "any",
        slow: { quantile: 1, thresholdMs: 1500, minimumTraces: 5 },
        costly: { budgetUsd: 0 },
        maxSpans: 1,
      },
      adaptive: { targetSpansPerSecond: 0.5, maxRatio: 0.5 },
    });
    expect(tail).toMatchObject({
      errors: "any",
      slow: { quantile: 1, limit: 1.5, minimumCount: 5 },
      costly: { quantile: 0.99, limit: 0 },
      maxSpans: 1,
    });
    expect(adaptive).toEqual({
      spansPerSecond: 0.5,
      overhead: undefined,
      minRatio: 0,
      maxRatio: 0.5,
    });
    const off = check({ tail: { slow: false, costly: false } }).tail;
    expect([off?.slow, off?.costly]).toEqual([undefined, undefined]);
    expect(check({ adaptive: { targetOverhead: 0.01 } }).adaptive?.overhead).toBe(0.01);
  });

  test.each([
    [5, TypeError, "sampling is 5; expected an object with options"],
    [{ tail: "yes" }, TypeError, "sampling.tail is 'yes'; expected true or false"],
    [{ tail: null }, TypeError, "sampling.tail is null; expected an object with options"],
    [{ tail: { ratio: 2 } }, RangeError, "sampling.tail.ratio is 2; expected a number from 0 to 1"],
    [{ tail: { ratio: "all" } }, TypeError, "sampling.tail.ratio is 'all'"],
    [{ tail: { errors: "some" } }, TypeError, 'expected "unrecovered" or "any" or "none"'],
    [{ tail: { slow: true } }, TypeError, "sampling.tail.slow is true"],
    [{ tail: { slow: { quantile: 0 } } }, RangeError, "expected a number above 0, at most 1"],
    [{ tail: { slow: { thresholdMs: 0.5 } } }, RangeError, "sampling.tail.slow.thresholdMs is 0.5"],
    [{ tail: { costly: { budgetUsd: -1 } } }, RangeError, "expected an amount of 0 or more"],
    [{ tail: { maxSpans: 0 } }, RangeError, "sampling.tail.maxSpans is 0"],
    [{ adaptive: {} }, TypeError, "neither targetSpansPerSecond nor targetOverhead"],
    [
      { adaptive: { targetSpansPerSecond: 5, targetOverhead: 0.1 } },
      TypeError,
      "both targetSpansPerSecond and targetOverhead",
    ],
    [{ adaptive: { targetSpansPerSecond: 0 } }, RangeError, "expected a number above 0"],
    [{ adaptive: { targetSpansPerSecond: Infinity } }, RangeError, "expected a number above 0"],
    [{ adaptive: { targetOverhead: 5 } }, RangeError, "expected a number above 0, at most 1"],
    [
      { adaptive: { targetSpansPerSecond: 5, minRatio: 0.5, maxRatio: 0.1 } },
      RangeError,
      "minRatio is 0.5; expected at most maxRatio, which is 0.1",
    ],
    [
      { tail: { ratio: 0.1 }, adaptive: { targetSpansPerSecond: 5 } },
      TypeError,
      "sampling.tail.ratio is 0.1; expected none beside sampling.adaptive",
    ],
    [
      { tail: true, adaptive: { targetOverhead: 0.01 } },
      TypeError,
      "expected targetSpansPerSecond beside sampling.tail",
    ],
  ])("as %j is refused", (given, kind, message) => {
    expect(() => check(given)).toThrow(kind);
    expect(() => check(given)).toThrow(message);
    expect(() => check(given)).toThrow(/^initializeObservability: /);
  });

  test("reports names that it does not know", () => {
    const { reports } = check({ head: 1, tail: { rate: 1, slow: { threshold: 5 } } });
    expect(reports.map(({ code, subject }) => [code, subject])).toEqual([
      ["unknown_option", "sampling.head"],
      ["unknown_option", "sampling.tail.rate"],
      ["unknown_option", "sampling.tail.slow.threshold"],
    ]);
  });

  test("is taken or refused in words, whatever it is", () => {
    const keys = fc.constantFrom("tail", "adaptive", "ratio", "slow", "quantile", "minRatio");
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(fc.anything(), fc.dictionary(keys, tie("value"))),
    })).value;
    fc.assert(
      fc.property(anything, (given) => {
        try {
          check(given);
        } catch (error) {
          expect(error).toSatisfy((one) => one instanceof TypeError || one instanceof RangeError);
          expect(String(error)).toContain("initializeObservability: sampling");
        }
      }),
    );
  });
});
