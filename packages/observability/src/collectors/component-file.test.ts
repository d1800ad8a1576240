import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createComponentFile } from "./component-file.ts";
import { mergeState, parseState } from "./component-state.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tta-state-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const state = mergeState(undefined, {
  use: new Map([["a", [{ day: "2026-11-20", stage: "staging", executions: 2, errors: 1 }]]]),
  slos: new Map([["fast", { errorBudgetRemaining: 1, atMs: Date.UTC(2026, 10, 20) }]]),
  nowMs: Date.UTC(2026, 10, 20),
});

describe("createComponentFile", () => {
  it("has nothing at first, then what was saved last, and leaves no other file", async () => {
    const file = createComponentFile(join(folder, "deep/er/components.json"));
    expect(await file.load()).toBeUndefined();
    await file.save("one");
    await file.save("two");
    expect(await file.load()).toBe("two");
    expect(readdirSync(join(folder, "deep/er"))).toEqual(["components.json"]);
  });

  it("fails where nothing can be written or read", async () => {
    writeFileSync(join(folder, "file"), "");
    const file = createComponentFile(join(folder, "file/components.json"));
    await expect(file.save("one")).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(createComponentFile(folder).load()).rejects.toThrow("EISDIR");
    await expect(createComponentFile(folder).save("one")).rejects.toThrow(
      /EISDIR|ENOTEMPTY|EEXIST/,
    );
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("parseState", () => {
  it("takes what was saved, and nothing for nothing", () => {
    expect(parseState(JSON.stringify(state))).toEqual(state);
    expect(parseState(undefined)).toBeUndefined();
  });

  const day = { day: "2026-11-20", stage: "staging", executions: 1, errors: 0 };
  it.each<[unknown, string]>([
    ["text", "it is no object"],
    [{ version: "1" }, 'its version is "1", expected 1'],
    [{ version: 1, savedAtMs: 0, use: {} }, "it lacks savedAtMs, use or slos"],
    [{ ...state, use: { a: {} } }, 'use of "a" is no list of days'],
    [{ ...state, use: { a: [{ ...day, day: "today" }] } }, 'use of "a" is no list of days'],
    [{ ...state, use: { a: [{ ...day, stage: "beta" }] } }, 'use of "a" is no list of days'],
    [{ ...state, use: { a: [{ ...day, errors: -1 }] } }, 'use of "a" is no list of days'],
    [{ ...state, slos: { fast: { atMs: 1 } } }, 'slos of "fast" is no reading'],
  ])("refuses %j", (given, message) => {
    expect(() => parseState(JSON.stringify(given))).toThrow(new TypeError(message));
  });
});

it("refuses what is no JSON", () => {
  expect(() => parseState("{")).toThrow(new TypeError("it is no JSON"));
});

describe("mergeState", () => {
  it("lets go of components and SLOs of which nothing was heard for a month", () => {
    const later = mergeState(state, {
      use: new Map(),
      slos: new Map(),
      nowMs: Date.UTC(2026, 11, 25),
    });
    expect(later).toMatchObject({ use: {}, slos: {} });
  });

  it("keeps a component with a strange name", () => {
    const rows = [{ day: "2026-11-20", stage: "staging", executions: 2, errors: 1 }] as const;
    const { use } = mergeState(parseState('{"version":1,"savedAtMs":1,"use":{},"slos":{}}'), {
      use: new Map([["__proto__", rows]]),
      slos: new Map(),
      nowMs: Date.UTC(2026, 10, 20),
    });
    expect(Object.entries(use)).toEqual([["__proto__", rows]]);
  });
});
