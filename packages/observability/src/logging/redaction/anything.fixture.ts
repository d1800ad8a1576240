import fc from "fast-check";

/**
 * Makes makers of values: plain ones, ones that JSON knows nothing of, and ones that throw when they are looked at.
 * Makers, because fast-check itself looks at what it draws.
 */
export function anything(): fc.Arbitrary<() => unknown> {
  const thrower = (): never => {
    throw new Error("do not look at me");
  };
  const odd = fc.constantFrom<() => unknown>(
    () => Symbol("odd"),
    () => 10n ** 30n,
    () => () => 1,
    () => new Date(Number.NaN),
    () => new Date(0),
    () =>
      new Map<unknown, unknown>([
        [{}, 1],
        ["a", new Set([1, [2]])],
      ]),
    () => new WeakMap(),
    () => Promise.resolve(1),
    () => Buffer.from("bytes"),
    () => new ArrayBuffer(8),
    () => new Headers({ a: "b" }),
    () => new URL("https://x.example/?a=b"),
    () => /a/g,
    () => Object(1n) as unknown,
    () => Object.create(null) as unknown,
    () => Object.defineProperty({}, "bad", { enumerable: true, get: thrower }),
    () => ({ toJSON: thrower }),
    () => ({ toJSON: () => ({ toJSON: () => 1 }) }),
    () => ({ toString: thrower, [Symbol.toPrimitive]: thrower }),
    () => Object.defineProperty(new Error("a"), "message", { get: thrower }),
    () => Object.defineProperty(new Error("a"), "stack", { value: { not: "text" } }),
    () => new AggregateError([new Error("a"), 1], "many", { cause: new Error("b") }),
    () => new DOMException("a", "AbortError"),
    () => new Proxy({}, { ownKeys: thrower, get: thrower }),
    () => new Proxy({}, { getPrototypeOf: thrower }),
    () => new Proxy([], { get: thrower }),
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    () => {
      const circle: Record<string, unknown> = {};
      circle["self"] = [circle];
      return circle;
    },
    () => {
      const error = new Error("round");
      error.cause = new Error("and round", { cause: error });
      return error;
    },
    () => Array.from({ length: 1000 }, (_, index) => index),
    () => Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key${index}`, index])),
    () => "x".repeat(100_000),
    () => "\ud800 lone surrogate \u2028\u0000\u001b[2J",
    () => nested(100),
    () => Array.from({ length: 2 }),
    () => Object.assign([], { length: 5 }),
    () => [Number.NaN, -0, Number.POSITIVE_INFINITY, undefined, () => 1],
  );
  const plain = fc
    .anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withBoxedValues: true,
      maxDepth: 4,
    })
    .map((value) => () => value);
  return fc.oneof(
    odd,
    plain,
    fc.array(odd, { maxLength: 4 }).map((makers) => () => makers.map((make) => make())),
    fc
      .dictionary(fc.string(), odd, { maxKeys: 4 })
      .map(
        (makers) => () =>
          Object.fromEntries(Object.entries(makers).map(([key, make]) => [key, make()])),
      ),
  );
}

function nested(depth: number): unknown {
  return depth === 0 ? "bottom" : { below: nested(depth - 1) };
}
