import { describe, expect, test } from "vitest";
import { collectLines, settingsFor } from "./collected-lines.fixture.ts";
import { getLogger } from "./logger.ts";
import { prettyLines } from "./pretty-lines.ts";
import { startLogging } from "./start-logging.ts";

function written(line: object, colors = false): string {
  const output = collectLines();
  prettyLines(output, { colors }).write(`${JSON.stringify(line)}\n`);
  return output.text();
}

const LINE = {
  timestamp: "2026-01-02T03:04:05.006Z",
  level: "warn",
  event: "low",
  logger: "stock",
  left: 3,
};

describe("a line for people", () => {
  test("has time, level, logger, event and fields", () => {
    expect(written(LINE)).toMatch(/^\[\d\d:\d\d:05\.006\] WARN: stock: low \{"left":3\}\n$/);
  });

  test("has colours where there are any, and only there", () => {
    expect(written(LINE)).not.toContain("\u001b");
    expect(written(LINE, true)).toContain("\u001b[33mWARN\u001b[39m");
  });

  test("shows an error with its stack line by line", () => {
    const error = { name: "Error", message: "no", stack: "Error: no\n    at here\n    at there" };
    expect(written({ ...LINE, error })).toMatch(/\n +at here\n +at there\n/);
  });

  test("cannot drive the terminal with what others say", () => {
    const evil = "\u001b[2J\u009b31m\u0007\r";
    const shown = written({
      ...LINE,
      event: `a${evil}`,
      [`k${evil}`]: evil,
      deep: { [evil]: [evil] },
    });
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    expect(shown).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/);
  });

  test("is written where structured logging is off", () => {
    const output = collectLines();
    const { release } = startLogging({ ...settingsFor(output), structured: false });
    getLogger("stock").info("low", { left: 3 });
    release();
    expect(output.text()).toMatch(/INFO: stock: low \{"left":3\}\n$/);
  });
});
