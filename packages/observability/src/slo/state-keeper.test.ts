import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ProblemReport } from "../problem.ts";
import type { SloStore } from "./slo-store.ts";
import { keepState, type StateKeeper } from "./state-keeper.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Kept {
  readonly keeper: StateKeeper;
  readonly calls: string[];
  readonly problems: ProblemReport[];
}

/** Keeps a state that is the number of times it was written. */
function kept(store: Partial<SloStore>, read: (text: string) => void = () => undefined): Kept {
  const calls: string[] = [];
  const problems: ProblemReport[] = [];
  let written = 0;
  const keeper = keepState({
    store: {
      load: () => {
        calls.push("load");
        return store.load?.() ?? Promise.resolve(undefined);
      },
      save: (text) => {
        calls.push(`save ${text}`);
        return store.save?.(text) ?? Promise.resolve();
      },
    },
    saveEveryMs: 10_000,
    read(text) {
      calls.push(`read ${text}`);
      read(text);
    },
    write: () => String((written += 1)),
    report: (problem) => void problems.push(problem),
  });
  return { keeper, calls, problems };
}

describe("state", () => {
  it("is loaded at once, and saved no more often than it may be, when there is something new", async () => {
    const { keeper, calls } = kept({ load: () => Promise.resolve("earlier") });
    await keeper.ready;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual(["load", "read earlier"]);
    keeper.changed();
    keeper.changed();
    await vi.advanceTimersByTimeAsync(9999);
    expect(calls).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(calls).toEqual(["load", "read earlier", "save 1"]);
  });

  it("is saved at once when asked, and no more once it is stopped", async () => {
    const { keeper, calls } = kept({});
    keeper.changed();
    await keeper.save();
    await keeper.save();
    keeper.stop();
    keeper.changed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual(["load", "save 1"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is saved one after the other, the latest last", async () => {
    const first = Promise.withResolvers<void>();
    let saves = 0;
    const { keeper, calls } = kept({
      save: () => ((saves += 1) === 1 ? first.promise : Promise.resolve()),
    });
    keeper.changed();
    const one = keeper.save();
    await vi.advanceTimersByTimeAsync(0);
    keeper.changed();
    const two = keeper.save();
    await vi.advanceTimersByTimeAsync(100);
    expect(calls).toEqual(["load", "save 1"]);
    first.resolve();
    await Promise.all([one, two]);
    expect(calls).toEqual(["load", "save 1", "save 2"]);
  });

  it("is not saved before it could be loaded, so that nothing is overwritten unread", async () => {
    let tries = 0;
    const { keeper, calls, problems } = kept({
      load: () =>
        (tries += 1) < 3 ? Promise.reject(new Error("refused")) : Promise.resolve("earlier"),
    });
    keeper.changed();
    await keeper.ready;
    expect(problems).toEqual([
      {
        code: "slo_state",
        subject: "load",
        message: "the saved counts of SLOs cannot be had, and are asked for again: refused",
      },
    ]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(calls).toEqual(["load", "load", "load", "read earlier", "save 1"]);
  });

  it("that cannot be read is a problem, and counting begins anew", async () => {
    const { keeper, calls, problems } = kept({ load: () => Promise.resolve("{") }, (text) =>
      JSON.parse(text),
    );
    keeper.changed();
    await keeper.save();
    expect(problems).toMatchObject([{ code: "slo_state", subject: "content" }]);
    expect(calls.at(-1)).toBe("save 1");
  });

  it("that cannot be saved is a problem, and is saved later", async () => {
    let tries = 0;
    const { keeper, calls, problems } = kept({
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- anything may be thrown
      save: () => ((tries += 1) === 1 ? Promise.reject("disk full") : Promise.resolve()),
    });
    keeper.changed();
    await keeper.save();
    expect(problems).toEqual([
      {
        code: "slo_state",
        subject: "save",
        message: "the counts of SLOs cannot be saved, and a restart would lose them: disk full",
      },
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls).toEqual(["load", "save 1", "save 2"]);
  });

  it("does not wait for ever for a store that hangs", async () => {
    const { keeper, problems } = kept({ load: () => new Promise(() => undefined) });
    await vi.advanceTimersByTimeAsync(5000);
    await keeper.ready;
    expect(problems[0]?.message).toContain("no answer within 5000 ms");
  });

  it("is a problem, not an exception, where a store throws instead of rejecting", async () => {
    const { keeper, problems } = kept({
      load: () => {
        throw new Error("no such method");
      },
    });
    await keeper.ready;
    expect(problems).toMatchObject([{ subject: "load" }]);
  });
});
