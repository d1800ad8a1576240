import { workflow } from "@tta-dev/primitives";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CapturedConsole } from "./capture-console.ts";
import { captureConsole } from "./capture-console.ts";
import type { CollectedLines } from "./collected-lines.fixture.ts";
import { collectLines, settingsFor } from "./collected-lines.fixture.ts";
import { startLogging } from "./start-logging.ts";

let output: CollectedLines;
let release: () => void;

beforeEach(() => {
  output = collectLines();
  ({ release } = startLogging({ ...settingsFor(output), level: "debug" }));
});
afterEach(() => {
  release();
});

function plainConsole(): CapturedConsole & { readonly printed: unknown[][] } {
  const printed: unknown[][] = [];
  const print = (...values: unknown[]): void => void printed.push(values);
  return { printed, debug: print, log: print, info: print, warn: print, error: print };
}

describe("a captured console", () => {
  test("writes lines of the level that goes with the function, with the run they are printed in", async () => {
    const target = plainConsole();
    const stop = captureConsole(target);
    await workflow("answer", () => {
      target.debug("a");
      target.log("stock of %s: %d", "tea", 3, { left: [1] });
      target.info("c");
      target.warn("d");
      target.error("e");
    }).execute(1, { correlationId: "req-1" });
    stop();
    expect(output.lines().map(({ level, event }) => [level, event])).toEqual([
      ["debug", "a"],
      ["info", "stock of tea: 3 { left: [ 1 ] }"],
      ["info", "c"],
      ["warn", "d"],
      ["error", "e"],
    ]);
    for (const line of output.lines())
      expect(line).toMatchObject({
        logger: "console",
        correlation_id: "req-1",
        workflow_name: "answer",
      });
    expect(target.printed).toEqual([]);
  });

  test("tells an error by its message, and in full in its field", () => {
    const target = plainConsole();
    const stop = captureConsole(target);
    target.error("failed:", new Error("token=abc"));
    stop();
    expect(output.lines()).toMatchObject([
      {
        event: "failed: Error: token=[redacted:keyValue]",
        error: { message: "token=[redacted:keyValue]", stack: expect.stringContaining("    at ") },
      },
    ]);
  });

  test("survives what cannot be printed", () => {
    const target = plainConsole();
    const stop = captureConsole(target);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    target.log(proxy);
    target.log({
      get [Symbol.toStringTag](): never {
        throw new Error("no");
      },
    });
    stop();
    expect(output.lines()).toHaveLength(2);
  });

  test("is as it was once it is released", () => {
    const target = plainConsole();
    const before = { ...target };
    const stop = captureConsole(target);
    expect(target.log).not.toBe(before.log);
    stop();
    stop();
    expect(target).toEqual(before);
    target.log("printed");
    expect(target.printed).toEqual([["printed"]]);
  });

  test("gives back what it inherits, and leaves alone what somebody else captured later", () => {
    const print = vi.fn<() => void>();
    const target = Object.create(plainConsole()) as CapturedConsole;
    const stop = captureConsole(target);
    target.warn = print;
    stop();
    expect(Object.keys(target)).toEqual(["warn"]);
  });

  test.each([undefined, 7, {}])("is not made of %j", (target) => {
    if (target === undefined) captureConsole(target)();
    else
      expect(() => captureConsole(target as never)).toThrow(
        /^captureConsole: target is .*; expected a console$/,
      );
  });
});
