import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LogDestination } from "./destination.ts";
import { createDestination } from "./destination.ts";

interface Reader {
  readonly destination: LogDestination;
  readonly text: () => string;
  readonly lost: [number, string][];
  readonly pauses: number[];
  /** What happens while the writer pauses. */
  paused: () => void;
  /** Bytes that are taken from now on; 0 for none, an error to fail. */
  room: number | Error;
  occupied: boolean;
}

function reader(): Reader {
  const taken: Buffer[] = [];
  const state: Reader = {
    destination: createDestination({
      writeNow(bytes, offset) {
        if (typeof state.room !== "number") throw state.room;
        const part = Buffer.from(bytes.subarray(offset, offset + state.room));
        state.room -= part.length;
        taken.push(part);
        return part.length;
      },
      isOccupied: () => state.occupied,
      lost: (lines, why) => void state.lost.push([lines, why]),
      pause(ms) {
        state.pauses.push(ms);
        state.paused();
      },
    }),
    text: () => Buffer.concat(taken).toString(),
    lost: [],
    pauses: [],
    paused: () => undefined,
    room: Number.POSITIVE_INFINITY,
    occupied: false,
  };
  return state;
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });
const LONG = `${"x".repeat(3000)}\n`;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  const timers = vi.getTimerCount();
  vi.useRealTimers();
  if (timers > 0) throw new Error(`${timers} timers are left`);
});

describe("a destination of lines", () => {
  test("writes the lines of one turn together, once it is over", () => {
    const { destination, text } = reader();
    destination.write("a\n");
    destination.write("b\n");
    expect(text()).toBe("");
    vi.runAllTimers();
    expect(text()).toBe("a\nb\n");
  });

  test("does not wait for the end of the turn when a chunk is full", () => {
    const { destination, text } = reader();
    destination.write(LONG);
    destination.write(LONG);
    expect(text()).toBe(LONG);
    vi.runAllTimers();
    expect(text()).toBe(LONG + LONG);
  });

  test("keeps order and loses nothing when the reader takes a few bytes at a time", () => {
    const state = reader();
    const lines = Array.from({ length: 200 }, (_, index) => `${index} ${"é".repeat(index)}\n`);
    state.room = 0;
    for (const line of lines) state.destination.write(line);
    for (let round = 0; round < 2000; round++) {
      state.room = 37;
      vi.advanceTimersByTime(10);
    }
    expect(state.text()).toBe(lines.join(""));
    expect(state.lost).toEqual([]);
  });

  test("waits while somebody else is in the middle of a line", () => {
    const state = reader();
    state.occupied = true;
    state.destination.write("a\n");
    vi.advanceTimersByTime(100);
    expect(state.text()).toBe("");
    state.occupied = false;
    vi.advanceTimersByTime(10);
    expect(state.text()).toBe("a\n");
  });

  test("drops and counts what is past its limit, and goes on when there is room again", () => {
    const state = reader();
    state.room = 0;
    const line = `${"x".repeat(1_048_575)}\n`;
    for (let index = 0; index < 11; index++) state.destination.write(line);
    expect(state.lost).toEqual([
      [1, "log_buffer_full"],
      [1, "log_buffer_full"],
      [1, "log_buffer_full"],
    ]);
    state.room = Number.POSITIVE_INFINITY;
    vi.runAllTimers();
    expect(state.text().length).toBe(8 * 1_048_576);
    state.destination.write("after\n");
    vi.runAllTimers();
    expect(state.text().endsWith("after\n")).toBe(true);
  });

  test("writes nothing more once nobody reads, and counts what is lost", () => {
    const state = reader();
    state.destination.write("a\nb\n");
    state.room = failure("EPIPE");
    vi.runAllTimers();
    state.room = 100;
    state.destination.write("c\n");
    vi.runAllTimers();
    expect([state.text(), state.lost]).toEqual([
      "",
      [
        [2, "log_write_failed"],
        [1, "log_write_failed"],
      ],
    ]);
  });

  test("loses only what cannot be written while the disk is full", () => {
    const state = reader();
    state.room = failure("ENOSPC");
    state.destination.write("a\n");
    vi.runAllTimers();
    state.room = 100;
    state.destination.write("b\n");
    vi.runAllTimers();
    expect([state.text(), state.lost]).toEqual(["b\n", [[1, "log_write_failed"]]]);
  });

  test("flush resolves when everything is written", async () => {
    const state = reader();
    await state.destination.flush();
    state.room = 1;
    state.destination.write("ab\n");
    let flushed = false;
    const flush = state.destination.flush().then(() => (flushed = true));
    await vi.advanceTimersByTimeAsync(30);
    expect([state.text(), flushed]).toEqual(["a", false]);
    state.room = 100;
    await vi.advanceTimersByTimeAsync(10);
    await flush;
    expect(state.text()).toBe("ab\n");
  });

  test("flush resolves also when nothing will ever be written", async () => {
    const state = reader();
    state.room = 0;
    state.destination.write("a\n");
    const flush = state.destination.flush();
    state.room = failure("EPIPE");
    await vi.advanceTimersByTimeAsync(10);
    await flush;
    expect(state.lost).toEqual([[1, "log_write_failed"]]);
  });

  test("flushNow writes everything before it returns, pausing for a slow reader", () => {
    const state = reader();
    state.room = 3;
    state.destination.write("abcdef\n");
    state.paused = () => {
      state.room = 3;
    };
    state.destination.flushNow();
    expect([state.text(), state.pauses]).toEqual(["abcdef\n", [10, 10]]);
    vi.runAllTimers();
  });

  test("flushNow gives up on a reader that stands still, and counts what is lost", () => {
    const state = reader();
    state.room = 0;
    state.destination.write("a\n");
    state.destination.write("b\n");
    state.destination.flushNow();
    expect(state.pauses.reduce((sum, ms) => sum + ms)).toBe(2000);
    expect(state.lost).toEqual([[2, "log_write_failed"]]);
    vi.runAllTimers();
  });

  test("flushNow waits longer for a reader that takes at least something, but not for ever", () => {
    const state = reader();
    state.room = 0;
    state.destination.write(`${"x".repeat(10_000)}\n`);
    state.paused = () => {
      state.room = 1;
    };
    state.destination.flushNow();
    expect(state.pauses.reduce((sum, ms) => sum + ms)).toBe(10_000);
    expect([state.text().length, state.lost]).toEqual([1000, [[1, "log_write_failed"]]]);
    vi.runAllTimers();
  });
});
