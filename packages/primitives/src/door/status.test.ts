import { describe, expect, it } from "vitest";
import {
  BulkheadFullError,
  CancelledError,
  CircuitOpenError,
  DeadlineExceededError,
  RateLimitedError,
  TimeoutError,
  WaitTimeoutError,
} from "../errors.ts";
import { failureOf } from "./status.ts";

/** As many clients write their errors: a class, and no name. */
class ClientError extends Error {}

describe("how a failed execution is reported", () => {
  it.each<[string, unknown, ReturnType<typeof failureOf>]>([
    ["an error", new Error("no"), { status: "error", type: "Error", message: "no" }],
    [
      "an error of a class",
      new RangeError("no"),
      { status: "error", type: "RangeError", message: "no" },
    ],
    [
      "an error of a class without a name",
      new ClientError("no"),
      { status: "error", type: "ClientError", message: "no" },
    ],
    [
      "an error with a code",
      Object.assign(new Error("no"), { code: "ECONNRESET" }),
      { status: "error", type: "ECONNRESET", message: "no" },
    ],
    [
      "an error whose code is a number",
      Object.assign(new Error("no"), { code: 5 }),
      { status: "error", type: "Error", message: "no" },
    ],
    [
      "an error whose code is empty",
      Object.assign(new Error("no"), { code: "" }),
      { status: "error", type: "Error", message: "no" },
    ],
    ["an error without a message", new Error(), { status: "error", type: "Error", message: "" }],
    [
      "a timeout",
      new TimeoutError("late", 5),
      { status: "timeout", type: "TIMEOUT", message: "late" },
    ],
    [
      "a deadline",
      new DeadlineExceededError("late"),
      { status: "timeout", type: "DEADLINE_EXCEEDED", message: "late" },
    ],
    [
      "a wait",
      new WaitTimeoutError("late", 5),
      { status: "timeout", type: "WAIT_TIMEOUT", message: "late" },
    ],
    [
      "a timeout of the platform",
      new DOMException("late", "TimeoutError"),
      { status: "timeout", type: "TimeoutError", message: "late" },
    ],
    [
      "an abort",
      new CancelledError("stop"),
      { status: "cancelled", type: "CANCELLED", message: "stop" },
    ],
    [
      "an abort of the platform",
      new DOMException("stop", "AbortError"),
      { status: "cancelled", type: "AbortError", message: "stop" },
    ],
    [
      "an open circuit",
      new CircuitOpenError("open", 5),
      { status: "rejected", type: "CIRCUIT_OPEN", message: "open" },
    ],
    [
      "a full bulkhead",
      new BulkheadFullError("full"),
      { status: "rejected", type: "BULKHEAD_FULL", message: "full" },
    ],
    [
      "a rate limit",
      new RateLimitedError("later", 5),
      { status: "rejected", type: "RATE_LIMITED", message: "later" },
    ],
    ["a string", "no", { status: "error", type: "string", message: "no" }],
    ["a number", 5, { status: "error", type: "number", message: "5" }],
    ["nothing", undefined, { status: "error", type: "undefined", message: "undefined" }],
    ["null", null, { status: "error", type: "object", message: "null" }],
    ["a symbol", Symbol("s"), { status: "error", type: "symbol", message: "Symbol(s)" }],
    ["an object", { message: "no" }, { status: "error", type: "Object", message: "no" }],
    [
      "an object that says nothing",
      Object.create(null),
      { status: "error", type: "Error", message: "" },
    ],
    [
      "a function",
      function broken() {},
      { status: "error", type: "broken", message: "function broken() {}" },
    ],
    [
      "an object that bites",
      {
        get code(): never {
          throw new Error("mine");
        },
      },
      { status: "error", type: "Error", message: "" },
    ],
  ])("that threw %s", (_what, error, expected) => {
    expect(failureOf(error, false)).toEqual(expected);
  });

  it("that was stopped is cancelled, whatever it was stopped with, unless that is a time limit", () => {
    expect(failureOf(new Error("stop"), true)).toMatchObject({
      status: "cancelled",
      type: "Error",
    });
    expect(failureOf("stop", true)).toMatchObject({ status: "cancelled", type: "string" });
    expect(failureOf(new TimeoutError("late", 5), true).status).toBe("timeout");
  });

  it("with a long message has the beginning of it", () => {
    expect(failureOf(new Error("x".repeat(5_000)), false).message).toHaveLength(2_048);
    expect(failureOf("x".repeat(5_000), false).message).toHaveLength(2_048);
  });
});
