import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { listenForInterrupts } from "./interrupts.ts";

test("the first interrupt stops, the second breaks off", () => {
  const source = new EventEmitter();
  let nowMs = 0;
  const { stop, breakOff } = listenForInterrupts(source, () => nowMs);
  expect([stop.aborted, breakOff.aborted]).toEqual([false, false]);
  source.emit("SIGINT");
  expect([stop.aborted, breakOff.aborted]).toEqual([true, false]);
  nowMs = 101;
  source.emit("SIGTERM");
  expect([stop.aborted, breakOff.aborted]).toEqual([true, true]);
});

test("the same interrupt that comes a second way is one", () => {
  const source = new EventEmitter();
  let nowMs = 0;
  const { stop, breakOff } = listenForInterrupts(source, () => nowMs);
  source.emit("SIGINT");
  nowMs = 100;
  source.emit("SIGINT");
  expect([stop.aborted, breakOff.aborted]).toEqual([true, false]);
});

test("after dispose nothing listens", () => {
  const source = new EventEmitter();
  const interrupts = listenForInterrupts(source);
  interrupts.dispose();
  expect(source.eventNames()).toEqual([]);
});
