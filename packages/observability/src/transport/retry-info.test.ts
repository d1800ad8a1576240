import * as fc from "fast-check";
import { expect, test } from "vitest";
import { retryInfo } from "../testing/partial-success.fixture.ts";
import { readRetryInfo } from "./retry-info.ts";

test.each([0, 0.25, 1, 90, 86_400])("reads a delay of %s s", (seconds) => {
  expect(readRetryInfo(retryInfo(8, seconds))).toBe(seconds * 1000);
});

test("says nothing where nothing is said", () => {
  expect(readRetryInfo(Buffer.alloc(0))).toBeUndefined();
  expect(readRetryInfo(Buffer.from([8, 14]))).toBeUndefined();
});

test("never throws, whatever it is given", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const milliseconds = readRetryInfo(Buffer.from(bytes));
      expect(milliseconds === undefined || milliseconds >= 0).toBe(true);
    }),
  );
  const whole = retryInfo(8, 90);
  for (let length = 0; length < whole.length; length++) {
    expect(() => readRetryInfo(whole.subarray(0, length))).not.toThrow();
  }
});
