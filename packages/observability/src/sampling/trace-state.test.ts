import { createTraceState } from "@opentelemetry/api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thresholdOf } from "./threshold.ts";
import { readSamplingState, withThreshold } from "./trace-state.ts";

const tenth = thresholdOf(0.1)!;

describe("what tracestate says of sampling", () => {
  test.each([
    ["ot=th:e666", "e666", undefined],
    ["ot=rv:48eb211c80319c;th:8;k:1", "8", "48eb211c80319c"],
    ["rojo=1,ot=th:0,congo=2", "0", undefined],
    ["ot=th:;rv:", undefined, undefined],
    ["ot=th:xyz;rv:48eb", undefined, undefined],
    ["ot=other:1", undefined, undefined],
    ["rojo=th:8", undefined, undefined],
  ])("is read from %s", (text, threshold, randomness) => {
    const state = readSamplingState(createTraceState(text));
    expect([state.threshold?.encoded, state.randomness]).toEqual([threshold, randomness]);
  });

  test("is nothing where there is none", () => {
    expect(readSamplingState(undefined)).toEqual({ threshold: undefined, randomness: undefined });
  });

  test("is read once", () => {
    const state = createTraceState("ot=th:8");
    expect(readSamplingState(state)).toBe(readSamplingState(state));
  });

  test("is read without failing whatever stands there", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const state = withThreshold(createTraceState(`rojo=1,ot=${text}`), tenth);
        expect(state.get("rojo")).toBe("1");
        expect([tenth.encoded, undefined]).toContain(readSamplingState(state).threshold?.encoded);
      }),
    );
  });
});

describe("a threshold is written", () => {
  test.each([
    [undefined, "ot=th:e666"],
    ["rojo=1", "ot=th:e666,rojo=1"],
    ["rojo=1,ot=rv:48eb211c80319c;th:8;k:1", "ot=th:e666;rv:48eb211c80319c;k:1,rojo=1"],
  ])("into %s", (before, after) => {
    const state = before === undefined ? undefined : createTraceState(before);
    expect(withThreshold(state, tenth).serialize()).toBe(after);
  });

  test.each([
    ["ot=th:8", ""],
    ["ot=th:8,rojo=1", "rojo=1"],
    ["ot=th:8;rv:48eb211c80319c", "ot=rv:48eb211c80319c"],
  ])("and taken out of %s", (before, after) => {
    expect(withThreshold(createTraceState(before), undefined).serialize()).toBe(after);
  });

  test("only where there is room for it", () => {
    const full = `ot=k:${"x".repeat(252)}`;
    expect(withThreshold(createTraceState(full), tenth).serialize()).toBe(full);
  });
});
