import { describe, expect, it } from "vitest";
import {
  CancelledError,
  CircuitOpenError,
  ConcurrentCallError,
  DeadlineExceededError,
  NotSerializableError,
  RateLimitedError,
  StateConflictError,
  TimeoutError,
} from "../errors.ts";
import { isNeverRetried, isRetryable } from "./retryable.ts";

const fetchFailed = (code: string): TypeError =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });

describe("worth another attempt", () => {
  it.each<[string, unknown]>([
    ["an error", new Error("no")],
    ["a thrown string", "no"],
    ["nothing thrown", undefined],
    ["a thrown object", { code: 5 }],
    ["an expired timeout", new TimeoutError("late", 5)],
    ["a rate limit", new RateLimitedError("later", 5)],
    ["a reset socket", Object.assign(new Error("read"), { code: "ECONNRESET" })],
    ["a server's error", Object.assign(new Error("502"), { status: 502 })],
    ["408", Object.assign(new Error("408"), { status: 408 })],
    ["409", Object.assign(new Error("409"), { status: 409 })],
    ["425", Object.assign(new Error("425"), { status: 425 })],
    ["429", Object.assign(new Error("429"), { status: 429 })],
    ["a status that is no number", Object.assign(new Error("no"), { status: "400" })],
  ])("is %s", (_what, error) => {
    expect(isRetryable(error)).toBe(true);
  });

  it.each([
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_BODY_TIMEOUT",
  ])("is a TypeError of fetch whose cause says %s", (code) => {
    expect(isRetryable(fetchFailed(code))).toBe(true);
  });

  it("is a TypeError of fetch after every address of a name refused", () => {
    const all = new AggregateError([Object.assign(new Error("v6"), { code: "ECONNREFUSED" })]);
    expect(isRetryable(new TypeError("fetch failed", { cause: all }))).toBe(true);
  });
});

describe("not worth another attempt", () => {
  it.each<[string, unknown]>([
    ["an open circuit", new CircuitOpenError("open", 5)],
    ["an abort of ours", new CancelledError("stop")],
    ["an abort of the platform", new DOMException("stop", "AbortError")],
    ["a RangeError", new RangeError("no")],
    ["a TypeError", new TypeError("x is not a function")],
    ["a malformed URL", fetchFailed("ERR_INVALID_URL")],
    ["a TypeError with a cause that is no error", new TypeError("no", { cause: "ECONNREFUSED" })],
    [
      "a TypeError after failures that are no network's",
      new TypeError("no", { cause: new AggregateError([new Error("x")]) }),
    ],
    ["400", Object.assign(new Error("400"), { status: 400 })],
    ["401", Object.assign(new Error("401"), { status: 401 })],
    ["404", Object.assign(new Error("404"), { status: 404 })],
    ["422", Object.assign(new Error("422"), { status: 422 })],
    ["a call beside a call", new ConcurrentCallError("two")],
    ["a conflict in state", new StateConflictError("two", "key")],
    ["a value no journal holds", new NotSerializableError("no")],
    ["a deadline", new DeadlineExceededError("late")],
  ])("is %s", (_what, error) => {
    expect(isRetryable(error)).toBe(false);
  });
});

it("never retried are deadlines, conflicts, concurrent calls and what no journal holds", () => {
  const never = [
    new ConcurrentCallError("two"),
    new StateConflictError("two", "key"),
    new NotSerializableError("no"),
    new DeadlineExceededError("late"),
    { code: "DEADLINE_EXCEEDED" },
  ];
  expect(never.every(isNeverRetried)).toBe(true);
  expect([new CircuitOpenError("open", 5), new Error("no"), null, "x"].some(isNeverRetried)).toBe(
    false,
  );
});
