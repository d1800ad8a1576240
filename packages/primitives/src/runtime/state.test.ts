import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeBranches, State } from "./state.ts";

describe("state", () => {
  it("gives back what was set, and undefined for anything else", () => {
    const state = new State();
    expect([state.get("a"), state.has("a"), state.entries(), state.writes()]).toEqual([
      undefined,
      false,
      [],
      [],
    ]);
    expect(state.set("a", 1).set("b", undefined)).toBe(state);
    expect([state.get("a"), state.has("b"), state.get("b")]).toEqual([1, true, undefined]);
    expect(state.entries()).toEqual([
      ["a", 1],
      ["b", undefined],
    ]);
  });

  it("of a fork shows what is below, and keeps what is written to itself", () => {
    const base = new State(undefined, [
      ["a", 1],
      ["b", 2],
    ]);
    const fork = base.fork();
    fork.set("b", 3).set("c", 4);
    expect(fork.entries()).toEqual([
      ["a", 1],
      ["b", 3],
      ["c", 4],
    ]);
    expect(fork.writes()).toEqual([
      ["b", 3],
      ["c", 4],
    ]);
    expect(base.entries()).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect([fork.get("a"), fork.has("a"), base.has("c")]).toEqual([1, true, false]);
  });

  it("hides what is below with undefined", () => {
    const fork = new State(undefined, [["a", 1]]).fork().set("a", undefined);
    expect([fork.get("a"), fork.has("a")]).toEqual([undefined, true]);
  });

  it("takes in what another wrote", () => {
    const state = new State(undefined, [["a", 1]]);
    state.merge([
      ["a", 2],
      ["b", 3],
    ]);
    expect(state.entries()).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
  });
});

describe("branches", () => {
  const branch = (path: string, base: State, writes: Record<string, unknown>) => {
    const state = base.fork();
    state.merge(Object.entries(writes));
    return { path, state };
  };

  it("are merged in their order", () => {
    const base = new State();
    mergeBranches(base, [branch("w/1", base, { z: 1, y: 2 }), branch("w/2", base, { a: 3 })]);
    expect(base.entries()).toEqual([
      ["z", 1],
      ["y", 2],
      ["a", 3],
    ]);
  });

  it("that wrote one key are a conflict that names the key and both, and nothing is merged", () => {
    const base = new State();
    const branches = [
      branch("w/docs", base, { kept: 1, winner: "docs" }),
      branch("w/more", base, { winner: "more" }),
    ];
    expect(() => mergeBranches(base, branches)).toThrow(
      expect.objectContaining({
        code: "STATE_CONFLICT",
        key: "winner",
        message:
          'state key "winner" was written by two branches, "w/docs" and "w/more"; give each its own key and merge them after the join',
      }),
    );
    expect(base.entries()).toEqual([]);
  });

  it("may overwrite what was there before they began", () => {
    const base = new State(undefined, [["a", 1]]);
    mergeBranches(base, [branch("w/1", base, { a: 2 })]);
    expect(base.get("a")).toBe(2);
  });

  it("merge to the union of their writes exactly when no key is written twice", () => {
    const writes = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.integer());
    fc.assert(
      fc.property(fc.array(writes, { maxLength: 4 }), (all) => {
        const base = new State();
        const branches = all.map((own, index) => branch(`w/${index}`, base, own));
        const keys = all.flatMap((own) => Object.keys(own));
        if (new Set(keys).size === keys.length) {
          mergeBranches(base, branches);
          expect(Object.fromEntries(base.entries())).toEqual(
            Object.fromEntries(all.flatMap((own) => Object.entries(own))),
          );
        } else expect(() => mergeBranches(base, branches)).toThrow("two branches");
      }),
    );
  });
});
