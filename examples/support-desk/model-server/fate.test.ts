import { describe, expect, test } from "vitest";
import { checkFaults, decideFate } from "./fate.ts";
import type { Fate, FaultRatios } from "./fate.ts";

const faults: FaultRatios = {
  slow: 0.1,
  rateLimited: 0.2,
  serverError: 0.05,
  unavailable: 0.05,
  reset: 0.1,
};
const fates = (seed: number, of: FaultRatios): Fate[] =>
  Array.from({ length: 5000 }, (_, index) =>
    decideFate(
      { model: "large", requestKey: `request-${index}`, call: 1, arrivalMs: undefined },
      { seed, faults: of, outages: [] },
    ),
  );

describe("decideFate", () => {
  test("the shares of fates are the configured ones", () => {
    const drawn = fates(1, faults);
    const share = (fate: Fate): number =>
      drawn.filter((other) => other === fate).length / drawn.length;
    expect(share("slow")).toBeCloseTo(0.1, 1);
    expect(share("rate_limited")).toBeCloseTo(0.2, 1);
    expect(share("server_error")).toBeCloseTo(0.05, 1);
    expect(share("unavailable")).toBeCloseTo(0.05, 1);
    expect(share("reset")).toBeCloseTo(0.1, 1);
    expect(share("answer")).toBeCloseTo(0.5, 1);
  });

  test("a seed gives the same fates again, another seed others", () => {
    expect(fates(1, faults)).toEqual(fates(1, faults));
    expect(fates(1, faults)).not.toEqual(fates(2, faults));
  });

  test("the calls for one request have fates of their own", () => {
    const input = { model: "large", requestKey: "request-1", arrivalMs: undefined };
    const plan = { seed: 1, faults: { serverError: 0.5 }, outages: [] };
    const calls = Array.from({ length: 50 }, (_, index) =>
      decideFate({ ...input, call: index + 1 }, plan),
    );
    expect(new Set(calls)).toEqual(new Set(["answer", "server_error"]));
  });

  test("no faults answer everything and a share of 1 nothing", () => {
    expect(new Set(fates(1, {}))).toEqual(new Set(["answer"]));
    expect(new Set(fates(1, { reset: 1 }))).toEqual(new Set(["reset"]));
  });

  test.each([
    [99, "large", "answer"],
    [100, "large", "unavailable"],
    [199.9, "large", "unavailable"],
    [200, "large", "answer"],
    [150, "small", "answer"],
    [undefined, "large", "answer"],
  ])(
    "an outage of the large model from 100 to 200 ms makes arrival %s at %s: %s",
    (arrivalMs, model, fate) => {
      const outages = [{ model: "large", fromMs: 100, untilMs: 200 }];
      expect(
        decideFate(
          { model, requestKey: "r", call: 1, arrivalMs },
          { seed: 1, faults: {}, outages },
        ),
      ).toBe(fate);
    },
  );
});

describe("checkFaults", () => {
  test.each([-0.1, 1.1, Number.NaN])("a share of %s is refused", (share) => {
    expect(() => checkFaults({ slow: share })).toThrow(
      new RangeError(`faults: the share of "slow" is ${share}; expected a number from 0 to 1`),
    );
  });

  test("shares that add up to more than 1 are refused", () => {
    expect(() => checkFaults({ slow: 0.75, reset: 0.5 })).toThrow(
      new RangeError("faults: the shares add up to 1.25; expected at most 1"),
    );
  });
});
