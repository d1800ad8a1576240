import { cache, retry, type CacheStore, type Primitive } from "@tta-dev/primitives";
import { expectTypeOf } from "vitest";

const length = async (text: string): Promise<number> => text.length;
const keyOf = (text: string): string => text.trim();

// The step says what goes in and what comes out.
expectTypeOf(cache(length, { key: keyOf, ttlMs: 1 })).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(cache(retry(length, { attempts: 2 }), { key: keyOf, ttlMs: 1 })).toEqualTypeOf<
  Primitive<string, number>
>();

// The other functions get their parameters from it.
cache(length, {
  key: (text, context) => {
    expectTypeOf(text).toEqualTypeOf<string>();
    expectTypeOf(context.correlationId).toEqualTypeOf<string | undefined>();
    return text;
  },
  tenant: (text) => text,
  costUsd: (count) => {
    expectTypeOf(count).toEqualTypeOf<number>();
    return count;
  },
  ttlMs: 1,
});

// Also where the step takes its context, and where the key is a function from elsewhere.
expectTypeOf(
  cache(async (text: string, { signal }) => (signal.aborted ? 0 : text.length), {
    key: keyOf,
    ttlMs: 1,
  }),
).toEqualTypeOf<Primitive<string, number>>();
expectTypeOf(
  cache(async (text: string, context) => [text, context.path], { key: (text) => text, ttlMs: 1 }),
).toEqualTypeOf<Primitive<string, string[]>>();

const wrongKey = (count: number): string => String(count);
// @ts-expect-error -- a key of other inputs
cache(length, { key: wrongKey, ttlMs: 1 });
// @ts-expect-error -- a key that is no string
cache(length, { key: (text) => text.length, ttlMs: 1 });
// @ts-expect-error -- a key that comes later
cache(length, { key: async (text) => text, ttlMs: 1 });
// @ts-expect-error -- no ttlMs
cache(length, { key: keyOf });

// A store may answer at once or later.
const entries = new Map<string, never>();
expectTypeOf({
  get: async (name: string) => entries.get(name),
  set: (name: string, entry: unknown) => void entries.set(name, entry as never),
  delete: (name: string) => entries.delete(name),
}).toExtend<CacheStore>();
