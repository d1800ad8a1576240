import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scope } from "./scope.ts";

describe("a scope", () => {
  it("stops once, with the first reason", () => {
    const scope = new Scope(undefined);
    const heard: unknown[] = [];
    scope.onAbort((reason) => heard.push(reason));
    scope.abort("first");
    scope.abort("second");
    expect([scope.stopped, scope.reason, heard]).toEqual([true, "first", ["first"]]);
  });

  it("stops everything below it, children before itself", () => {
    const order: string[] = [];
    const root = new Scope(undefined);
    const child = new Scope(root);
    const grandchild = new Scope(child);
    for (const [name, scope] of Object.entries({ root, child, grandchild }))
      scope.onAbort((reason) => order.push(`${name} ${String(reason)}`));
    root.abort("stop");
    expect(order).toEqual(["grandchild stop", "child stop", "root stop"]);
  });

  it("does not stop what is above or beside it", () => {
    const root = new Scope(undefined);
    const [one, other] = [new Scope(root), new Scope(root)];
    one.abort("stop");
    expect([root.stopped, other.stopped]).toEqual([false, false]);
  });

  it("is stopped from the start below one that is", () => {
    const root = new Scope(undefined);
    root.abort("stop");
    const child = new Scope(root);
    expect([child.stopped, child.reason]).toEqual([true, "stop"]);
    const heard: unknown[] = [];
    child.onAbort((reason) => heard.push(reason))();
    expect(heard).toEqual(["stop"]);
  });

  it("tells nobody who has stopped listening", () => {
    const scope = new Scope(undefined);
    const heard: unknown[] = [];
    const unlisten = scope.onAbort((reason) => heard.push(reason));
    unlisten();
    unlisten();
    scope.abort("stop");
    expect(heard).toEqual([]);
  });

  it("has a signal that is made when it is asked for and tells the same", () => {
    const scope = new Scope(undefined);
    const { signal } = scope;
    expect(scope.signal).toBe(signal);
    scope.abort("stop");
    expect([signal.aborted, signal.reason]).toEqual([true, "stop"]);
    const late = new Scope(undefined);
    late.abort("late");
    expect([late.signal.aborted, late.signal.reason]).toEqual([true, "late"]);
  });

  it("refuses what would start in it when it is stopped or its deadline has come", () => {
    const scope = new Scope(undefined);
    scope.setDeadline(10);
    expect(() => scope.check(9.9)).not.toThrow();
    expect(() => scope.check(10)).toThrow(expect.objectContaining({ code: "DEADLINE_EXCEEDED" }));
    scope.abort("stop");
    let thrown: unknown;
    try {
      scope.check(0);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe("stop");
  });
});

describe("a deadline", () => {
  it("is never later than those above it, whatever is set in which order", () => {
    const moment = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(Infinity));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), moment), { maxLength: 20 }), (changes) => {
        const chain: Scope[] = [];
        for (let depth = 0; depth < 5; depth++) chain.push(new Scope(chain.at(-1)));
        const own = [Infinity, Infinity, Infinity, Infinity, Infinity];
        for (const [at, deadline] of changes) {
          chain[at]!.setDeadline(deadline);
          own[at] = deadline;
          for (const [depth, scope] of chain.entries())
            expect(scope.deadline).toBe(Math.min(...own.slice(0, depth + 1)));
        }
      }),
    );
  });

  it("is inherited by what is made later", () => {
    const root = new Scope(undefined);
    root.setDeadline(10);
    expect(new Scope(root).deadline).toBe(10);
  });
});

describe("work that cancellation does not reach", () => {
  it("is counted in the scope and in all above it", () => {
    const root = new Scope(undefined);
    const child = new Scope(root);
    child.shield(1);
    root.shield(1);
    expect([root.shields, child.shields]).toEqual([2, 1]);
    child.shield(-1);
    expect([root.shields, child.shields]).toEqual([1, 0]);
  });
});

describe("a scope whose branch has settled", () => {
  it("is no longer stopped with the one above", () => {
    const root = new Scope(undefined);
    const child = new Scope(root);
    child.dispose();
    root.abort("stop");
    expect(child.stopped).toBe(false);
  });

  it("stays linked while somebody listens: a stream that it returned is still open", () => {
    const root = new Scope(undefined);
    const child = new Scope(root);
    const grandchild = new Scope(child);
    const heard: unknown[] = [];
    grandchild.onAbort((reason) => heard.push(reason));
    grandchild.dispose();
    child.dispose();
    root.abort("stop");
    expect(heard).toEqual(["stop"]);
  });

  it("is let go of, with those above it, when nobody listens any more", () => {
    const root = new Scope(undefined);
    const child = new Scope(root);
    const grandchild = new Scope(child);
    const unlisten = grandchild.onAbort(() => undefined);
    grandchild.dispose();
    child.dispose();
    unlisten();
    root.abort("stop");
    expect([child.stopped, grandchild.stopped]).toEqual([false, false]);
  });

  it("may be disposed of at the root too", () => {
    const root = new Scope(undefined);
    root.dispose();
    expect(root.stopped).toBe(false);
  });
});
