import { expectTypeOf } from "vitest";
import {
  conditional,
  fallback,
  loop,
  map,
  parallel,
  race,
  retry,
  router,
  saga,
  sequential,
  step,
  switchCase,
  timeout,
  waitFor,
  workflow,
  type Primitive,
  type SettledBranch,
} from "@tta-dev/primitives";

const length = async (text: string): Promise<number> => text.length;
const upper = (text: string): string => text.toUpperCase();

// Types flow through a sequence, inline functions included.
expectTypeOf(sequential(upper)).toEqualTypeOf<Primitive<string, string>>();
expectTypeOf(sequential(upper, length)).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(
  sequential(
    upper,
    (text) => ({ text }),
    ({ text }) => text.length,
    (count) => count > 1,
  ),
).toEqualTypeOf<Primitive<string, boolean>>();
expectTypeOf(sequential(upper).pipe(length)).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(sequential(upper).pipe((text) => text === "A")).toEqualTypeOf<
  Primitive<string, boolean>
>();

// A record in, a record out; a tuple in, a tuple out.
expectTypeOf(parallel({ a: length, b: upper })).toEqualTypeOf<
  Primitive<string, { a: number; b: string }>
>();
expectTypeOf(parallel([length, upper])).toEqualTypeOf<Primitive<string, [number, string]>>();
expectTypeOf(parallel({ a: length }, { join: "settled" })).toEqualTypeOf<
  Primitive<string, { a: SettledBranch<number> }>
>();
expectTypeOf(parallel({ a: length, b: upper }, { join: { quorum: 1 } })).toEqualTypeOf<
  Primitive<string, { a?: number | undefined; b?: string | undefined }>
>();
expectTypeOf(
  sequential(
    upper,
    parallel({ words: (text) => text.split(" "), size: async (text) => text.length }),
    ({ words, size }) => words.length + size,
  ),
).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(sequential(upper, parallel([(text) => text.length, length]))).toEqualTypeOf<
  Primitive<string, [number, number]>
>();
expectTypeOf(race({ a: length, b: upper })).toEqualTypeOf<Primitive<string, number | string>>();
expectTypeOf(map(length)).toEqualTypeOf<Primitive<readonly string[], number[]>>();

// Choices join their outputs.
expectTypeOf(conditional((text: string) => text === "", length)).toEqualTypeOf<
  Primitive<string, number | string>
>();
expectTypeOf(
  conditional(
    (text: string) => text === "",
    length,
    () => true,
  ),
).toEqualTypeOf<Primitive<string, number | boolean>>();
expectTypeOf(switchCase((text: string) => text, { a: length, b: () => true })).toEqualTypeOf<
  Primitive<string, number | boolean>
>();
expectTypeOf(router({ routes: { a: length, b: upper }, select: () => "a" })).toEqualTypeOf<
  Primitive<string, number | string>
>();
expectTypeOf(fallback(length, [() => "none"])).toEqualTypeOf<Primitive<string, number | string>>();

// Wrappers keep the types of what they wrap.
expectTypeOf(retry(timeout(length, { timeoutMs: 1 }), { attempts: 2 })).toEqualTypeOf<
  Primitive<string, number>
>();
expectTypeOf(loop(upper, { while: (text) => text === "", maxIterations: 2 })).toEqualTypeOf<
  Primitive<string, string>
>();
expectTypeOf(step("length", length)).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(workflow("w", length)).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(waitFor<string, { ok: boolean }>("approval")).toEqualTypeOf<
  Primitive<string, { ok: boolean }>
>();

// A saga's compensations know input and output of their step.
saga(
  {
    name: "one",
    execute: async (text: string) => ({ id: text }),
    compensate: ({ input, output }) => {
      expectTypeOf(input).toEqualTypeOf<string>();
      expectTypeOf(output).toEqualTypeOf<{ id: string } | undefined>();
    },
  },
  { name: "two", execute: ({ id }) => id.length },
);

// The step context is there without an annotation.
sequential(upper, async (_text, { signal, state, path }) => {
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  expectTypeOf(path).toEqualTypeOf<string>();
  return state.get("x");
});

// A predicate, a selector or a primary that ignores its input leaves the input to what comes behind it.
expectTypeOf(conditional(() => true, length)).toEqualTypeOf<Primitive<string, number | string>>();
expectTypeOf(switchCase(() => "a", { a: length })).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(fallback(async () => 1, [length])).toEqualTypeOf<Primitive<string, number>>();

// An inline function may stand before a function, a primitive or a call that states its own input.
const count = async (value: number): Promise<number> => value;
expectTypeOf(sequential(upper, (text) => text.length, count)).toEqualTypeOf<
  Primitive<string, number>
>();
expectTypeOf(
  sequential(
    upper,
    ({ length: size }) => size,
    retry(count, { attempts: 2 }),
    (value) => value.toFixed(),
  ),
).toEqualTypeOf<Primitive<string, string>>();
expectTypeOf(sequential(upper, (text) => text.length, workflow("w", count))).toEqualTypeOf<
  Primitive<string, number>
>();
expectTypeOf(
  saga(
    { name: "one", execute: upper },
    { name: "two", execute: (text) => text.length },
    { name: "three", execute: count },
  ),
).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(
  sequential(async (value: number, { signal }) => (signal.aborted ? 0 : value), count),
).toEqualTypeOf<Primitive<number, number>>();
