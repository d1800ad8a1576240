import * as fc from "fast-check";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  AllFailedError,
  CancelledError,
  CircuitOpenError,
  SagaError,
  TimeoutError,
} from "../errors.ts";
import { decode, encode, overTheWire } from "./codec.ts";
import { thrownFromJson, thrownToJson } from "./error-json.ts";

/** An error as handlers see it. */
function view(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { name, message, cause, ...own } = thrown as Error & Record<string, unknown>;
  const { errors, ...fields } = own;
  const list = errors ?? (thrown as { errors?: unknown }).errors;
  return {
    name,
    message,
    ...fields,
    ...(cause !== undefined && { cause: view(cause) }),
    ...(Array.isArray(list) && { errors: list.map(view) }),
  };
}

function thrownOverTheWire(thrown: unknown): unknown {
  return thrownFromJson(decode(encode(thrownToJson(thrown))) as object);
}

const json = fc.jsonValue();
const tricky = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.constantFrom(undefined, 1), { maxLength: 3 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        "$error",
        "$$error",
        "$$$error",
        "$undefined",
        "$$undefined",
        "error",
        "$",
        "toString",
        "a",
      ),
      tie("value"),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value;
const messages = fc.string();
const errors: fc.Arbitrary<Error> = fc.letrec<{ error: Error; thrown: unknown }>((tie) => ({
  thrown: fc.oneof({ depthSize: "small" }, fc.constantFrom("text", 7, null, true), tie("error")),
  error: fc
    .record({
      make: fc.constantFrom<(message: string, cause: unknown) => Error>(
        (message, cause) => new Error(message, { cause }),
        (message, cause) => new TypeError(message, { cause }),
        (message, cause) => new AggregateError([cause], message),
        (message) => new TimeoutError(message, 5),
        (message) => new DOMException(message, "AbortError"),
        (message, cause) => new AllFailedError(message, [cause]),
        (message, cause) =>
          Object.freeze(Object.assign(new Error(message, { cause }), { status: 503 })),
        (message) => Object.assign(new RangeError(message), { code: "ERANGE", detail: { a: [1] } }),
      ),
      message: messages,
      cause: tie("thrown"),
    })
    .map(({ make, message, cause }) => make(message, cause)),
})).error;

describe("values over the wire", () => {
  it("are the same when they are JSON", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(overTheWire(value)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("keep keys that look like the mark of an error", () => {
    fc.assert(
      fc.property(tricky, (value) => {
        expect(overTheWire(value)).toStrictEqual(value);
      }),
    );
  });

  it("stay as they are from the second trip on", () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withMap: true, withSet: true }), (value) => {
        const once = encode(value);
        expect(encode(decode(once))).toBe(once);
      }),
    );
  });

  it("keep errors among them, also in outcomes and below a toJSON", () => {
    const axiosLike = Object.assign(new Error("no"), { toJSON: () => ({ message: "hidden" }) });
    const value = { outcomes: [{ status: "rejected", reason: new RangeError("far") }, axiosLike] };
    const [outcome, error] = overTheWire(value).outcomes as [{ reason: unknown }, unknown];
    expect(outcome.reason).toBeInstanceOf(RangeError);
    expect(outcome.reason).toMatchObject({ message: "far" });
    expect(error).toMatchObject({ name: "Error", message: "no" });
  });

  it("are refused with a code when JSON cannot hold them", () => {
    const ring: Record<string, unknown> = {};
    ring["self"] = ring;
    expect(() => encode(ring)).toThrow(/cannot be written as JSON: Converting circular/);
    expect(() => encode({ price: 1n })).toThrow(
      expect.objectContaining({ code: "NOT_SERIALIZABLE" }) as Error,
    );
  });

  it("are the same length with holes, which are undefined then", () => {
    // oxlint-disable-next-line no-sparse-arrays -- what is tested
    expect(overTheWire([1, , undefined])).toStrictEqual([1, undefined, undefined]);
  });

  it("are nothing when they are undefined", () => {
    expect(encode(undefined)).toBeUndefined();
    expect(overTheWire(undefined)).toBeUndefined();
  });
});

describe("thrown things over the wire", () => {
  it("look the same to a handler", () => {
    fc.assert(
      fc.property(errors, (error) => {
        expect(view(thrownOverTheWire(error))).toEqual(view(error));
      }),
    );
  });

  it("never make the writer throw", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true }),
        fc.anything(),
        (thrown, field) => {
          const around = Object.assign(new Error("x"), { field, cause: thrown });
          expect(encode([thrownToJson(thrown), thrownToJson(around)])).toEqual(expect.any(String));
        },
      ),
    );
  });

  it.each([undefined, null, "text", 7, false, { a: 1 }])("may be no error at all: %j", (thrown) => {
    expect(thrownOverTheWire(thrown)).toEqual(thrown);
  });

  it.each([
    [new TimeoutError("late", 5), { code: "TIMEOUT", timeoutMs: 5 }],
    [new CancelledError("stop"), { code: "CANCELLED", name: "AbortError" }],
    [new CircuitOpenError("open", 9), { code: "CIRCUIT_OPEN", retryAfterMs: 9 }],
    [
      new SagaError("undone", {
        compensated: ["a"],
        failed: ["b"],
        skipped: [],
        errors: [new Error("c")],
      }),
      {
        code: "SAGA_FAILED",
        compensated: ["a"],
        errors: [expect.objectContaining({ message: "c" })],
      },
    ],
  ])("are of our own class again: %s", (error, fields) => {
    const back = thrownOverTheWire(error);
    expect(back).toBeInstanceOf(error.constructor);
    expect(back).toMatchObject(fields);
    expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(error)));
  });

  it("are no error of ours by code alone", () => {
    const theirs = Object.assign(new Error("late"), { code: "TIMEOUT" });
    expect(thrownOverTheWire(theirs)).not.toBeInstanceOf(TimeoutError);
  });

  it("keep the nearest built-in class of a class of somebody's own", () => {
    class WrongShape extends TypeError {
      override name = "WrongShape";
    }
    const back = thrownOverTheWire(new WrongShape("x")) as Error;
    expect(back).toBeInstanceOf(TypeError);
    expect(back.name).toBe("WrongShape");
  });

  it("are DOMExceptions again", () => {
    const back = thrownOverTheWire(AbortSignal.abort().reason);
    expect(back).toBeInstanceOf(DOMException);
    expect(back).toMatchObject({ name: "AbortError", code: 20 });
  });

  it("may come from another realm", () => {
    const alien: unknown = runInNewContext("Object.assign(new RangeError('far'), { status: 416 })");
    expect(thrownOverTheWire(alien)).toMatchObject({
      name: "RangeError",
      message: "far",
      status: 416,
    });
  });

  it("keep the headers of a response, which say when to come back", () => {
    const headers = new Headers({ "Retry-After": "3" });
    const error = Object.assign(new Error("busy"), {
      headers,
      response: new Response(null, { status: 429, headers }),
    });
    expect(thrownOverTheWire(error)).toMatchObject({
      headers: { "retry-after": "3" },
      response: { status: 429, headers: { "retry-after": "3" } },
    });
  });

  it("lose what goes round in circles, and what is too deep", () => {
    const ring = new Error("ring") as Error & { errors?: unknown[] };
    ring.cause = ring;
    ring.errors = [ring, new Error("other")];
    expect(view(thrownOverTheWire(ring))).toEqual({
      name: "Error",
      message: "ring",
      errors: [{ name: "Error", message: "other" }],
    });
    let chain: Error | undefined;
    for (let depth = 0; depth < 20; depth++) chain = new Error(`${depth}`, { cause: chain });
    let length = 0;
    for (let at: unknown = thrownOverTheWire(chain); at !== undefined; at = (at as Error).cause)
      length++;
    expect(length).toBe(8);
  });

  it("are bounded however many errors hang together", () => {
    const wide = (depth: number): Error =>
      depth === 0
        ? new Error("leaf")
        : new AggregateError(Array.from({ length: 6 }, () => wide(depth - 1)));
    const written = encode(thrownToJson(wide(5)))!;
    expect(written.match(/"message"/g)!.length).toBeLessThanOrEqual(260);
  });

  it("may have getters that throw", () => {
    const nasty = Object.defineProperty(new Error("x"), "code", {
      enumerable: true,
      get: () => {
        throw new Error("getter");
      },
    });
    expect(thrownOverTheWire(nasty)).toMatchObject({ message: "x" });
  });
});
