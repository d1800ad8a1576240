import { describe, expect, it } from "vitest";
import { parseCoverage } from "./coverage-report.ts";

const statement = (line: number) => ({ start: { line, column: 0 }, end: { line, column: 9 } });

describe("parseCoverage", () => {
  it("counts the lines of a tracefile, whatever ends its lines", () => {
    const text = ["TN:", "SF:src/a.ts", "FN:1,a", "DA:1,5", "DA:2,0", "DA:3,1", "end_of_record"];
    const expected = new Map([["src/a.ts", { lines: 3, covered: 2 }]]);
    expect(parseCoverage(text.join("\n"))).toEqual(expected);
    expect(parseCoverage(text.join("\r\n"))).toEqual(expected);
  });

  it("adds up a file that a tracefile has twice", () => {
    const text =
      "SF:a.ts\nDA:1,0\nDA:2,4\nend_of_record\nSF:a.ts\nDA:1,1\nDA:2,0\nDA:3,0\nend_of_record\n";
    expect(parseCoverage(text)).toEqual(new Map([["a.ts", { lines: 3, covered: 2 }]]));
  });

  it("takes the totals of a tracefile that has no lines, and passes over what it does not know", () => {
    const text =
      "SF:a.ts\nXY:1\nDA:no,1\nLF:10\nLH:4\nend_of_record\nDA:1,1\nSF:b.ts\nend_of_record\n";
    expect(parseCoverage(text)).toEqual(
      new Map([
        ["a.ts", { lines: 10, covered: 4 }],
        ["b.ts", { lines: 0, covered: 0 }],
      ]),
    );
  });

  it("counts a line of coverage-final.json as run when any statement that begins on it ran", () => {
    const file = {
      path: "/p/a.ts",
      statementMap: { "0": statement(1), "1": statement(1), "2": statement(4), "3": statement(5) },
      s: { "0": 0, "1": 3, "2": 0, "3": 1 },
    };
    expect(parseCoverage(JSON.stringify({ "/p/a.ts": file }))).toEqual(
      new Map([["/p/a.ts", { lines: 3, covered: 2 }]]),
    );
  });

  it("leaves the total of coverage-summary.json out", () => {
    const text = JSON.stringify({
      total: { lines: { total: 20, covered: 20 } },
      "/p/a.ts": { lines: { total: 10, covered: 7, skipped: 0, pct: 70 } },
    });
    expect(parseCoverage(text)).toEqual(new Map([["/p/a.ts", { lines: 10, covered: 7 }]]));
  });

  it.each(["", "hello", "[]", "{", "null", '{"a":1}', '{"a":{"statementMap":{},"s":1}}'])(
    "refuses %j",
    (text) => {
      expect(() => parseCoverage(text)).toThrow("it is no coverage report; expected lcov.info");
    },
  );

  it("refuses statements without lines", () => {
    const text = JSON.stringify({ a: { statementMap: { "0": {} }, s: { "0": 1 } } });
    expect(() => parseCoverage(text)).toThrow("it is no coverage report");
  });
});
