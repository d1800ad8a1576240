import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUSY, lab, NO, pass, settle } from "./lab.fixture.ts";

beforeEach(() => {
  // What is begun at once begins in a real setImmediate: fake ones would only come as time passes.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a batch that the collector cannot take now", () => {
  test("is kept, and sent again after a pause that grows", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { add, sent, requests, failures, outbox } = lab();
    add(0, 10);
    await settle();
    await requests[0]?.answer(BUSY);
    expect(failures).toEqual([{ error: BUSY.error, items: 10, lost: false }]);
    await pass(999);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect(sent).toHaveLength(2);
    await requests[0]?.answer(BUSY);
    await pass(1999);
    expect(sent).toHaveLength(2);
    await pass(1);
    await requests[0]?.answer();
    expect(outbox.size()).toBe(0);
  });

  test("waits as long as the collector asks", async () => {
    const { add, sent, requests } = lab();
    add(0, 10);
    await settle();
    await requests[0]?.answer({ ...BUSY, retryAfterMs: 60_000 });
    await pass(59_999);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect(sent).toHaveLength(2);
  });

  test("goes first, then the others", async () => {
    const made = lab();
    made.add(0, 25);
    await settle();
    await made.requests[0]?.answer(BUSY);
    made.answerAll = () => undefined;
    await pass(5000);
    expect(made.delivered).toEqual(Array.from({ length: 25 }, (_, index) => index));
  });

  test("is filled up with what comes meanwhile, instead of many small ones", async () => {
    const made = lab();
    made.answerAll = () => ({ ...BUSY, retryAfterMs: 30_000 });
    for (let round = 0; round < 4; round++) {
      made.add(round, round + 1);
      await pass(5000);
    }
    made.answerAll = undefined;
    await pass(30_000);
    expect(made.sent).toEqual([[0], [0, 1, 2, 3]]);
  });

  test("that is filled up has all its attempts before it, for the sake of what is new", async () => {
    const made = lab();
    made.answerAll = () => ({ ...BUSY, retryAfterMs: 1000 });
    made.add(0, 1);
    await pass(5000 + 8500);
    expect(made.sent).toHaveLength(9);
    made.add(1, 2);
    await made.outbox.flush();
    expect([made.outbox.size(), made.failures.filter(({ lost }) => lost)]).toEqual([2, []]);
  });

  test("is lost after ten attempts", async () => {
    const made = lab();
    made.answerAll = () => BUSY;
    made.add(0, 10);
    await pass(600_000);
    expect(made.failures.map(({ lost }) => lost)).toEqual([...Array<boolean>(9).fill(false), true]);
    expect([made.sent.length, made.outbox.size()]).toEqual([10, 0]);
  });

  test("that is refused for good is lost at once, and the next one is sent", async () => {
    const made = lab();
    made.add(0, 20);
    await settle();
    await made.requests[0]?.answer(NO);
    expect(made.failures).toEqual([{ error: NO.error, items: 10, lost: true }]);
    await made.requests[0]?.answer();
    expect(made.delivered).toHaveLength(10);
  });
});

test("whatever the collector does, each item is delivered, lost, dropped or still there, and memory is bounded", async () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ answer: fc.constantFrom(undefined, BUSY, NO, { ...BUSY, retryAfterMs: 700 }) }),
    fc.record({ wait: fc.integer({ min: 0, max: 20_000 }) }),
    fc.constant("flush" as const),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom(0, 5000),
      async (steps, intervalMs) => {
        const { add, delivered, failures, dropped, outbox, requests } = lab({ intervalMs });
        let added = 0;
        for (const each of steps) {
          if (each === "flush") void outbox.flush();
          else if ("add" in each) add(added, (added += each.add));
          else if ("wait" in each) await pass(each.wait);
          else await requests[0]?.answer(each.answer);
          expect(outbox.size()).toBeLessThanOrEqual(25 + 4 * 10);
        }
        const lost = failures.reduce(
          (sum, { items, lost: isLost }) => sum + (isLost ? items : 0),
          0,
        );
        const unsent = outbox.takeUnsent();
        expect(delivered.length + lost + dropped() + unsent.length).toBe(added);
        expect(new Set([...delivered, ...unsent]).size).toBe(delivered.length + unsent.length);
      },
    ),
    { numRuns: 200 },
  );
});
