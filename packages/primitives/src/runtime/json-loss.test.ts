import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLoss } from "./json-loss.ts";

describe("findLoss", () => {
  it("finds nothing in JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(findLoss(value, "value")).toBeUndefined();
      }),
    );
  });

  class Money {
    readonly amount = 1;
  }
  const ring: { self?: unknown } = {};
  ring.self = ring;

  it.each([
    [{ at: new Date(0) }, "value.at is a Date, which JSON makes a string"],
    [[new Map()], "value[0] is a Map, which JSON makes a plain object"],
    [{ a: { b: [new Money()] } }, "value.a.b[0] is a Money, which JSON makes a plain object"],
    [new Uint8Array(1), "value is a Uint8Array, which JSON makes a plain object"],
    [{ n: Number.NaN }, "value.n is NaN, which JSON makes null"],
    [{ n: 1n }, "value.n is a bigint, which JSON cannot hold"],
    [{ f: () => 1 }, "value.f is a function, which JSON leaves out"],
    [ring, "value.self contains itself"],
    [{ toJSON: () => 1 }, "value has a toJSON(), which JSON puts in its place"],
  ])("finds it: %o", (value, loss) => {
    expect(findLoss(value, "value")).toBe(loss);
  });

  it("lets errors, absent fields and values used twice pass", () => {
    const twice = { a: 1 };
    const value = {
      error: new Error("x"),
      nothing: undefined,
      list: [undefined],
      twice,
      again: twice,
    };
    expect(findLoss(value, "value")).toBeUndefined();
  });

  it("says so when a value cannot be read", () => {
    const shy = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    expect(findLoss(shy, "value")).toBe("value cannot be read");
  });
});
