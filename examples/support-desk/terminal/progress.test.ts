import { describe, expect, test } from "vitest";
import { paintNothing } from "./paint.ts";
import { createProgress, renderBar } from "./progress.ts";
import type { Progress, ProgressState } from "./progress.ts";

const state = (done: number, failed = 0): ProgressState => ({
  total: 400,
  succeeded: done - failed,
  failed,
  running: 18,
  queued: 0,
});

function show(
  isTTY: boolean,
  quiet = false,
): { progress: Progress; written: string[]; clock: { nowMs: number } } {
  const written: string[] = [];
  const clock = { nowMs: 0 };
  const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) };
  const progress = createProgress({ stream, paint: paintNothing, now: () => clock.nowMs, quiet });
  return { progress, written, clock };
}

describe("the progress bar", () => {
  test.each([
    [80, "━━━━━━━━━━━━────────────────────────────  123/400   30 %  18 running, 12.4 s"],
    [160, "━━━━━━━━━━━━────────────────────────────  123/400   30 %  18 running, 12.4 s"],
    [50, "━━━────────  123/400   30 %  18 running, 12.4 s"],
    [30, "123/400   30 %  18 running…"],
  ])("at %i columns it fits", (columns, line) => {
    expect(renderBar(state(123), { columns, elapsedMs: 12_400, paint: paintNothing })).toBe(line);
    expect(line.length).toBeLessThanOrEqual(columns - 3);
  });

  test("it tells what is queued and what failed", () => {
    const line = renderBar(
      { ...state(40, 2), queued: 7 },
      { columns: 100, elapsedMs: 900, paint: paintNothing },
    );
    expect(line).toContain(" 40/400   10 %  18 running, 7 queued, 2 failed, 900 ms");
  });

  test("it tells that it stops", () => {
    const stopping = { ...state(40), queued: 7, stopping: true };
    const line = renderBar(stopping, { columns: 100, elapsedMs: 900, paint: paintNothing });
    expect(line).toContain("stopping, 18 to finish, 900 ms");
  });

  test("it is full when everything is done and empty when there is nothing to do", () => {
    const draw = (of: ProgressState): string =>
      renderBar(of, { columns: 80, elapsedMs: 0, paint: paintNothing });
    expect(draw(state(400))).toMatch(/^━+ {2}400\/400 {2}100 %/u);
    expect(draw({ ...state(0), total: 0 })).toMatch(/^─+ {2}0\/0 {4}0 %/u);
  });

  test("it is redrawn in place, not more often than twelve times a second", () => {
    const { progress, written, clock } = show(true);
    for (let done = 0; done <= 400; done++) {
      progress.update(state(done));
      clock.nowMs += 10;
    }
    expect(written.length).toBeGreaterThan(40);
    expect(written.length).toBeLessThan(52);
    expect(written.every((text) => text.startsWith("\r\u001B[2K") && !text.includes("\n"))).toBe(
      true,
    );
  });

  test("finish draws the last state and leaves the line", () => {
    const { progress, written } = show(true);
    progress.update(state(1));
    progress.update(state(400));
    progress.finish();
    expect(written.at(-2)).toContain("400/400");
    expect(written.at(-1)).toBe("\n");
  });

  test("what is written in between stands above the bar", () => {
    const { progress, written } = show(true);
    progress.update(state(1));
    progress.interject(() => written.push("tree\n"));
    expect(written.slice(1, 3)).toEqual(["\r\u001B[2K", "tree\n"]);
    expect(written[3]).toContain("1/400");
  });
});

describe("progress elsewhere than on a terminal", () => {
  test("there is a line at every tenth of the work", () => {
    const { progress, written, clock } = show(false);
    for (let done = 0; done <= 400; done++) {
      progress.update(state(done, Math.min(done, 3)));
      clock.nowMs += 50;
    }
    progress.finish();
    expect(written).toHaveLength(10);
    expect(written[0]).toBe("40 of 400 requests done (10 %), 3 failed, 2.00 s\n");
    expect(written[9]).toBe("400 of 400 requests done (100 %), 3 failed, 20.0 s\n");
  });

  test("a jump over several tenths is one line", () => {
    const { progress, written } = show(false);
    progress.update(state(250));
    expect(written).toEqual(["250 of 400 requests done (62 %), 0 failed, 0.00 ms\n"]);
  });
});

test("quiet progress writes nothing but what others write", () => {
  const { progress, written } = show(true, true);
  progress.update(state(400));
  progress.interject(() => written.push("other"));
  progress.finish();
  expect(written).toEqual(["other"]);
});
