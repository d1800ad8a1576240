import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUSY, lab, NO, pass, settle } from "./lab.fixture.ts";

beforeEach(() => {
  // What is begun at once begins in a real setImmediate: fake ones would only come as time passes.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an outbox", () => {
  test("sends a full batch at once, but not within the call that filled it", async () => {
    const { add, sent } = lab();
    add(0, 10);
    expect(sent).toEqual([]);
    await settle();
    expect(sent.map(({ length }) => length)).toEqual([10]);
  });

  test("sends a batch that is not full when the first of it has waited for the interval", async () => {
    const { add, sent } = lab();
    add(0, 1);
    await pass(4000);
    add(1, 3);
    await pass(999);
    expect(sent).toEqual([]);
    await pass(1);
    expect(sent).toEqual([[0, 1, 2]]);
  });

  test("sends one batch after the other", async () => {
    const { add, sent, requests } = lab();
    add(0, 30);
    await settle();
    expect(sent).toHaveLength(1);
    await requests[0]?.answer();
    expect(sent).toHaveLength(2);
  });

  test("drops what the queue cannot hold, and counts each item", async () => {
    const { add, dropped, outbox } = lab();
    add(0, 10 + 25 + 7);
    expect([dropped(), outbox.size()]).toEqual([7, 35]);
    await settle();
    add(0, 3);
    expect([dropped(), outbox.size()]).toEqual([10, 35]);
  });

  test("runs outside of the context of whoever fills it", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { add } = lab({
      attempt: async () => {
        seen.push(storage.getStore());
        return undefined;
      },
    });
    storage.run("a workflow", () => {
      add(0, 11);
    });
    await pass(5000);
    expect(seen).toEqual([undefined, undefined]);
  });

  test("without an interval sends each item alone and at once, a few at a time", async () => {
    const { add, sent, requests, outbox } = lab({ intervalMs: 0 });
    add(0, 20);
    await settle();
    expect(sent).toEqual([[0], [1], [2], [3], [4], [5], [6], [7]]);
    await requests[0]?.answer();
    expect(sent).toHaveLength(9);
    expect(outbox.size()).toBe(19);
  });
});

describe("a flush", () => {
  test("sends what waits and what does not fill a batch, and waits for what is under way", async () => {
    const { add, sent, requests, outbox } = lab();
    add(0, 24);
    await settle();
    let isDone = false;
    void outbox.flush().then(() => (isDone = true));
    await settle();
    expect(sent.map(({ length }) => length)).toEqual([10, 10, 4]);
    await requests[2]?.answer();
    await requests[1]?.answer();
    expect(isDone).toBe(false);
    await requests[0]?.answer();
    expect([isDone, outbox.size()]).toEqual([true, 0]);
  });

  test("tries everything once, also what was refused before, and does not wait for better times", async () => {
    const made = lab();
    made.answerAll = () => BUSY;
    made.add(0, 12);
    await settle();
    expect(made.sent).toHaveLength(1);
    await made.outbox.flush();
    expect(made.sent.map(({ length }) => length)).toEqual([10, 10, 2]);
    expect(made.outbox.size()).toBe(12);
  });

  test("ends where nothing waits", async () => {
    await expect(lab().outbox.flush()).resolves.toBeUndefined();
  });
});

describe("what was not sent", () => {
  test("is handed out once: what waits, what is under way, what was refused", async () => {
    const { add, requests, outbox, failures } = lab();
    add(0, 24);
    await settle();
    const unsent = outbox.takeUnsent();
    expect(unsent.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, index) => index),
    );
    expect([outbox.takeUnsent(), outbox.size()]).toEqual([[], 0]);
    await requests[0]?.answer(NO);
    expect(failures).toEqual([]);
  });

  test("ends a flush and leaves no timer", async () => {
    const { add, requests, outbox } = lab();
    add(0, 10);
    await settle();
    await requests[0]?.answer(BUSY);
    add(10, 11);
    const flush = outbox.flush();
    outbox.takeUnsent();
    await flush;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("may be more than the queue holds, where others hand over all at once what they held back", () => {
    const { add, outbox, dropped } = lab();
    add(0, 10);
    outbox.widen();
    add(10, 1000);
    expect([outbox.takeUnsent().length, dropped()]).toEqual([1000, 0]);
    add(0, 36);
    expect(dropped()).toBe(1);
  });

  test("is not sent any more", async () => {
    const { add, sent, outbox } = lab();
    add(0, 10);
    outbox.takeUnsent();
    await pass(10_000);
    expect(sent).toEqual([]);
  });

  test("after the end is nothing, because nothing is taken", async () => {
    const made = lab();
    made.answerAll = () => undefined;
    made.add(0, 3);
    await made.outbox.close();
    made.add(3, 100);
    expect([made.delivered, made.outbox.size(), made.dropped()]).toEqual([[0, 1, 2], 0, 0]);
  });
});
