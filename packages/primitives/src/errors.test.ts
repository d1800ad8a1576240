import { describe, expect, it } from "vitest";
import * as errors from "./errors.ts";
import { isWorkflowError, WorkflowError, type WorkflowErrorCode } from "./errors.ts";

const cause = new Error("cause");

/** Every error class, as it is thrown: its code, its name and its fields. */
const all: readonly (readonly [WorkflowError, WorkflowErrorCode, string, object])[] = [
  [
    new errors.AllFailedError("m", [cause, 2]),
    "ALL_FAILED",
    "AllFailedError",
    { errors: [cause, 2], cause },
  ],
  [new errors.BranchLostError("m", { cause }), "BRANCH_LOST", "BranchLostError", { cause }],
  [new errors.BulkheadFullError("m"), "BULKHEAD_FULL", "BulkheadFullError", {}],
  [new errors.CancelledError("m", { cause }), "CANCELLED", "AbortError", { cause }],
  [new errors.CircuitOpenError("m", 5), "CIRCUIT_OPEN", "CircuitOpenError", { retryAfterMs: 5 }],
  [new errors.ConcurrentCallError("m"), "CONCURRENT_CALL", "ConcurrentCallError", {}],
  [
    new errors.DeadlineExceededError("m", { cause }),
    "DEADLINE_EXCEEDED",
    "DeadlineExceededError",
    { cause },
  ],
  [new errors.InvalidInputError("m", [1]), "INVALID_INPUT", "InvalidInputError", { issues: [1] }],
  [new errors.NoCaseError("m", "k"), "NO_CASE", "NoCaseError", { key: "k" }],
  [new errors.NoRouteError("m", "r", { cause }), "NO_ROUTE", "NoRouteError", { route: "r", cause }],
  [new errors.NotSerializableError("m"), "NOT_SERIALIZABLE", "NotSerializableError", {}],
  [
    new errors.QuorumError("m", 2, [cause]),
    "QUORUM_NOT_MET",
    "QuorumError",
    { quorum: 2, errors: [cause], cause },
  ],
  [new errors.RateLimitedError("m", 7), "RATE_LIMITED", "RateLimitedError", { retryAfterMs: 7 }],
  [
    new errors.SagaError(
      "m",
      { compensated: ["a"], failed: ["b"], skipped: ["c"], errors: [1] },
      { cause },
    ),
    "SAGA_FAILED",
    "SagaError",
    { compensated: ["a"], failed: ["b"], skipped: ["c"], errors: [1], cause },
  ],
  [new errors.StateConflictError("m", "k"), "STATE_CONFLICT", "StateConflictError", { key: "k" }],
  [new errors.TimeoutError("m", 9, { cause }), "TIMEOUT", "TimeoutError", { timeoutMs: 9, cause }],
  [new errors.WaitTimeoutError("m", 9), "WAIT_TIMEOUT", "WaitTimeoutError", { timeoutMs: 9 }],
];

describe("an error", () => {
  it.each(all.map((entry) => [entry[1], ...entry] as const))(
    "%s has its code, its name, a message and its fields",
    (_code, error, code, name, fields) => {
      expect(error).toBeInstanceOf(Error);
      expect(error).toBeInstanceOf(WorkflowError);
      expect([error.code, error.name, error.message]).toEqual([code, name, "m"]);
      expect(error).toMatchObject(fields);
      expect(String(error)).toBe(`${name}: m`);
      expect(error.stack).toMatch(new RegExp(`^${name}: m\n`));
      expect(isWorkflowError(error)).toBe(true);
      expect(isWorkflowError(error, code)).toBe(true);
      expect(isWorkflowError(error, code === "TIMEOUT" ? "CANCELLED" : "TIMEOUT")).toBe(false);
    },
  );

  it("of every class of this file is in this table", () => {
    const classes = Object.values(errors).filter(
      (one) => typeof one === "function" && one.prototype instanceof WorkflowError,
    );
    expect(new Set(all.map(([error]) => error.constructor))).toEqual(new Set(classes));
    expect(new Set(all.map(([, code]) => code)).size).toBe(all.length);
  });

  it("has its name on its class, so that it is no field that JSON would list", () => {
    for (const [error] of all) expect(Object.keys(error)).not.toContain("name");
  });
});

describe("the guard", () => {
  it("goes by code, so that a copy of this package or a way over a wire does not matter", () => {
    const elsewhere = Object.assign(new Error("m"), { name: "TimeoutError", code: "TIMEOUT" });
    expect(isWorkflowError(elsewhere, "TIMEOUT")).toBe(true);
    const wired: unknown = JSON.parse('{"name":"TimeoutError","message":"m","code":"TIMEOUT"}');
    expect([isWorkflowError(wired), isWorkflowError(wired, "TIMEOUT")]).toEqual([true, true]);
  });

  it.each<[string, unknown]>([
    ["an error", new Error("no")],
    ["an error of the platform", Object.assign(new Error("no"), { code: "ECONNREFUSED" })],
    ["an object that has a code alone", { code: "TIMEOUT" }],
    ["a string", "TIMEOUT"],
    ["null", null],
    ["undefined", undefined],
  ])("refuses %s", (_what, error) => {
    expect(isWorkflowError(error)).toBe(false);
    expect(isWorkflowError(error, "TIMEOUT")).toBe(false);
  });
});
