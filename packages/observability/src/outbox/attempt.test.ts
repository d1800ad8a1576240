import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { emptyResource, resourceFromAttributes } from "@opentelemetry/resources";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ExportFailure } from "../transport/export-failure.ts";
import { createAttempt } from "./attempt.ts";

interface Item {
  readonly resource: Resource;
}
type Export = (items: Item[], done: (result: ExportResult) => void) => void;

const SUCCESS: ExportResult = { code: ExportResultCode.SUCCESS };
const failure = (error: Error): ExportResult => ({ code: ExportResultCode.FAILED, error });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  const timers = vi.getTimerCount();
  vi.useRealTimers();
  if (timers > 0) throw new Error(`${timers} timers are left`);
});

const attempt = (exporting: Export, resource = emptyResource()) =>
  createAttempt({ export: exporting }, 1000)([{ resource }]);

describe("an attempt", () => {
  test("succeeds once, whatever the exporter says afterwards", async () => {
    const result = await attempt((_items, done) => {
      done(SUCCESS);
      done(failure(new Error("again")));
    });
    expect(result).toBeUndefined();
  });

  test("has its own list of items", async () => {
    const items = [{ resource: emptyResource() }];
    await createAttempt<Item>(
      {
        export(given, done) {
          given.length = 0;
          done(SUCCESS);
        },
      },
      1000,
    )(items);
    expect(items).toHaveLength(1);
  });

  test("that fails says whether to come back, and when", async () => {
    const busy = new ExportFailure("unavailable", "status 503", { retryAfterMs: 700 });
    expect(await attempt((_items, done) => done(failure(busy)))).toEqual({
      error: busy,
      isTemporary: true,
      retryAfterMs: 700,
    });
    const refused = new ExportFailure("rejected", "status 401", { status: "401" });
    expect(await attempt((_items, done) => done(failure(refused)))).toMatchObject({
      isTemporary: false,
    });
  });

  test("of an exporter that throws has failed for good", async () => {
    const error = new TypeError("no");
    const result = await attempt(() => {
      throw error;
    });
    expect(result).toEqual({ error, isTemporary: false, retryAfterMs: undefined });
  });

  test("of an exporter that never answers may be repeated", async () => {
    const result = attempt(() => undefined);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await result).toMatchObject({ error: { kind: "timeout" }, isTemporary: true });
  });

  test("waits until the resource is known", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const resource = resourceFromAttributes({ "container.id": promise });
    const seen: unknown[] = [];
    const result = attempt((items, done) => {
      seen.push(items[0]?.resource.attributes);
      done(SUCCESS);
    }, resource);
    await vi.advanceTimersByTimeAsync(500);
    expect(seen).toEqual([]);
    resolve("abc");
    expect(await result).toBeUndefined();
    expect(seen).toEqual([{ "container.id": "abc" }]);
  });

  test("does not wait for ever for the resource", async () => {
    const resource = resourceFromAttributes({
      "container.id": new Promise<string>(() => undefined),
    });
    const result = attempt((_items, done) => done(SUCCESS), resource);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await result).toMatchObject({ isTemporary: true });
  });
});
