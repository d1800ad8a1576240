import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CircuitOpenError, RateLimitedError } from "../errors.ts";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const inAMinute = "Fri, 20 Nov 2026 12:01:00 GMT";

/** As the official `openai` client throws it: `headers` is a `Headers`. */
function openaiError(headers: Record<string, string>): Error {
  return Object.assign(new Error("429 Rate limit reached"), {
    status: 429,
    headers: new Headers(headers),
    code: "rate_limit_exceeded",
  });
}

describe("how long a server asks to wait", () => {
  it.each<[string, unknown, number]>([
    ["seconds", openaiError({ "Retry-After": "20" }), 20_000],
    ["fractions of a second", openaiError({ "retry-after": "0.5" }), 500],
    ["seconds among spaces", { headers: { "Retry-After": "  7 " } }, 7_000],
    ["no time", openaiError({ "Retry-After": "0" }), 0],
    ["a date", openaiError({ "Retry-After": inAMinute }), 60_000],
    ["a date that has passed", openaiError({ "Retry-After": "Fri, 20 Nov 2026 11:00:00 GMT" }), 0],
    ["milliseconds", openaiError({ "retry-after-ms": "1250" }), 1_250],
    [
      "milliseconds before seconds",
      openaiError({ "retry-after-ms": "10", "retry-after": "9" }),
      10,
    ],
    [
      "seconds where the milliseconds are none",
      openaiError({ "retry-after-ms": "soon", "retry-after": "9" }),
      9_000,
    ],
    ["a plain object's headers, in any case", { headers: { "RETRY-AFTER": "3" } }, 3_000],
    ["a number as a header", { headers: { "retry-after": 3 } }, 3_000],
    ["the AI SDK's headers", { responseHeaders: { "retry-after": "4" } }, 4_000],
    ["the headers of the response", { response: { headers: { "retry-after": "5" } } }, 5_000],
    [
      "the Headers of the response",
      { response: { headers: new Headers({ "retry-after": "6" }) } },
      6_000,
    ],
    ["the error itself", { retryAfterMs: 42 }, 42],
    ["a rate limit of ours", new RateLimitedError("later", 30), 30],
    ["an open circuit of ours", new CircuitOpenError("open", 31), 31],
  ])("is read from %s", (_from, error, expected) => {
    expect(retryAfterMs(error, now)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a string", "retry after 5"],
    ["an error without headers", new Error("no")],
    ["headers that are none", { headers: "retry-after: 5" }],
    ["headers without it", openaiError({ "content-type": "text/plain" })],
    ["an empty header", openaiError({ "retry-after": "" })],
    ["a header of null", { headers: { "retry-after": null } }],
    ["words", openaiError({ "retry-after": "in a while" })],
    ["negative milliseconds", openaiError({ "retry-after-ms": "-5" })],
    ["an endless wait", { retryAfterMs: Infinity }],
    ["a negative wait", { retryAfterMs: -1 }],
    ["a response of null", { response: null }],
  ])("is not said by %s", (_what, error) => {
    expect(retryAfterMs(error, now)).toBeUndefined();
  });

  it("is not said by an error whose getters throw", () => {
    const hostile = {
      get headers(): unknown {
        throw new Error("mine");
      },
    };
    expect(retryAfterMs(hostile, now)).toBeUndefined();
  });

  it("is nothing or a finite time, whatever the header holds", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seconds, milliseconds) => {
        const ms = retryAfterMs(
          { headers: { "retry-after": seconds, "retry-after-ms": milliseconds } },
          now,
        );
        expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
