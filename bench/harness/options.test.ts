import { describe, expect, it } from "vitest";
import { parseOptions, selectRows } from "./options.ts";

const rows = [{ name: "Recorded, by hand" }, { name: "No SDK" }];

describe("parseOptions", () => {
  it("has defaults", () => {
    expect(parseOptions([])).toEqual({
      json: false,
      quick: false,
      assert: false,
      list: false,
      rows: [],
      seed: 1,
    });
  });
  it("refuses what it does not know", () => {
    expect(() => parseOptions(["--fast"])).toThrow(/--fast/);
    expect(() => parseOptions(["--seed", "x"])).toThrow(/--seed x: expected a whole number/);
  });
});

describe("selectRows", () => {
  it("takes every row without a filter", () => {
    expect(selectRows(rows, parseOptions([]))).toEqual(rows);
  });
  it("matches parts of names, in any case", () => {
    expect(selectRows(rows, parseOptions(["--row", "no sdk"]))).toEqual([rows[1]]);
    expect(selectRows(rows, parseOptions(["--row", "SDK", "--row", "hand"]))).toEqual(rows);
  });
  it("refuses a name that matches nothing", () => {
    expect(() => selectRows(rows, parseOptions(["--row", "zzz"]))).toThrow(/--row zzz/);
  });
});
