import { slot } from "@tta-dev/primitives";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createProblemLog } from "../problem.ts";
import { collectLines, settingsFor } from "./collected-lines.fixture.ts";
import { getLogger } from "./logger.ts";
import { isWatched, sharedDestination } from "./shared-sink.ts";
import { startLogging } from "./start-logging.ts";

const KEY = Symbol.for("tta.dev/1");
const before: unknown = Reflect.get(globalThis, KEY);
let written: string[];

beforeEach(() => {
  Reflect.deleteProperty(globalThis, KEY);
  written = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    if (typeof text === "string" && text.startsWith("{")) written.push(text);
    return true;
  });
});
afterEach(() => {
  const destination = sharedDestination();
  destination.flushNow();
  process.off("exit", destination.flushNow);
  Reflect.set(globalThis, KEY, before);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("loggers before anything is initialised", () => {
  test("write to standard output, also where somebody has replaced its write", async () => {
    getLogger("a").info("x", { password: "hunter2" });
    getLogger("a").debug("y");
    await sharedDestination().flush();
    expect(written.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: "x", password: "[redacted]" },
    ]);
  });

  test("go by the environment", async () => {
    vi.stubEnv("LOG_LEVEL", " Debug ");
    vi.stubEnv("TTA_LOG_CORRELATION", "false");
    getLogger("a").debug("y");
    await sharedDestination().flush();
    expect(written).toHaveLength(1);
  });

  test.each([
    [undefined, true, true],
    ["development", true, true],
    ["production", true, false],
    [undefined, false, false],
  ])(
    "are for people in the environment %j at a terminal (%j): %j",
    (environment, isTTY, expected) => {
      vi.stubGlobal("process", { ...process, stdout: { isTTY } });
      expect(isWatched(environment)).toBe(expected);
      vi.unstubAllGlobals();
    },
  );
});

describe("loggers after that", () => {
  test("write to the same standard output, and nowhere else when they are released", async () => {
    const logger = getLogger("a");
    logger.info("first");
    const { release, forceFlush, flushNow } = startLogging(settingsFor(sharedDestination()));
    logger.info("second");
    await forceFlush();
    expect(written.join("")).toContain("second");
    logger.info("second and a half");
    flushNow();
    release();
    release();
    logger.info("third");
    await sharedDestination().flush();
    const events = written
      .join("")
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(["first", "second", "second and a half", "third"]);
  });

  test("stay with whoever was started last when an earlier one is released", () => {
    const [one, other] = [collectLines(), collectLines()];
    const first = startLogging(settingsFor(one));
    const last = startLogging(settingsFor(other));
    first.release();
    getLogger("a").info("x");
    last.release();
    getLogger("a").info("y");
    expect([one.text(), other.lines().length]).toEqual(["", 1]);
  });

  test("count lines that nobody will see, and report them", () => {
    const { problems, report } = createProblemLog();
    vi.mocked(process.stdout.write).mockImplementation(() => {
      throw Object.assign(new Error("no disk"), { code: "ENOSPC" });
    });
    const { release } = startLogging({ ...settingsFor(sharedDestination()), report });
    getLogger("a").info("x");
    sharedDestination().flushNow();
    release();
    expect(problems).toMatchObject([
      { code: "logs_dropped", message: expect.stringContaining("cannot be written to") },
    ]);
    expect(
      slot().registry.counter("telemetry.dropped").bind({ reason: "log_write_failed" }).value,
    ).toBe(1);
  });
});
