import { slot } from "@tta-dev/primitives";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CollectedLines } from "./collected-lines.fixture.ts";
import { collectLines, settingsFor } from "./collected-lines.fixture.ts";
import { getLogger } from "./logger.ts";
import type { LoggingSettings, RunningLogging } from "./start-logging.ts";
import { startLogging } from "./start-logging.ts";

let output: CollectedLines;
const running: RunningLogging[] = [];

function start(settings: Partial<LoggingSettings> = {}): void {
  const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  running.push(startLogging({ ...settingsFor(output), now, ...settings }));
}

beforeEach(() => {
  output = collectLines();
});
afterEach(() => {
  for (const { release } of running.splice(0).toReversed()) release();
});

describe("a logger", () => {
  test.each(["", undefined, 7])("is not to be had under the name %j", (name) => {
    expect(() => getLogger(name as string)).toThrow(TypeError);
    expect(() => getLogger(name as string)).toThrow(
      /^getLogger: name is .*; expected a non-empty string$/,
    );
  });

  test("writes from the level that is set, and does not look at what it does not write", () => {
    start({ level: "warn" });
    const logger = getLogger("a");
    const unread = {
      get field(): never {
        throw new Error("was read");
      },
    };
    logger.debug("a", unread);
    logger.info("b", unread);
    logger.warn("c");
    logger.error("d");
    logger.fatal("e");
    expect(output.lines().map(({ level }) => level)).toEqual(["warn", "error", "fatal"]);
    expect([logger.isEnabled("info"), logger.isEnabled("warn")]).toEqual([false, true]);
  });

  test("is silent when told to", () => {
    start({ level: "silent" });
    getLogger("a").fatal("x");
    expect(output.text()).toBe("");
  });

  test("that was made before goes by the settings that hold when it writes", () => {
    start();
    const logger = getLogger("a");
    const { info } = logger;
    info("first");
    const later = collectLines();
    start({ destination: later, level: "debug" });
    logger.debug("second");
    running.pop()?.release();
    logger.debug("third");
    info("fourth");
    expect(output.lines().map(({ event }) => event)).toEqual(["first", "fourth"]);
    expect(later.lines().map(({ event }) => event)).toEqual(["second"]);
  });

  test("counts a line that could not be written, and goes on", () => {
    const before = slot()
      .registry.counter("telemetry.dropped")
      .bind({ reason: "log_failed" }).value;
    start({
      destination: {
        ...output,
        write() {
          throw new Error("full");
        },
      },
    });
    getLogger("a").info("x");
    expect(slot().registry.counter("telemetry.dropped").bind({ reason: "log_failed" }).value).toBe(
      before + 1,
    );
  });
});
