import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { listenForInterrupts } from "./interrupts.ts";

test("the first interrupt stops, the second breaks off", () => {
  const source = new EventEmitter();
  const { stop, breakOff } = listenForInterrupts(source);
  expect([stop.aborted, breakOff.aborted]).toEqual([false, false]);
  source.emit("SIGINT");
  expect([stop.aborted, breakOff.aborted]).toEqual([true, false]);
  source.emit("SIGTERM");
  expect([stop.aborted, breakOff.aborted]).toEqual([true, true]);
});

test("after dispose nothing listens", () => {
  const source = new EventEmitter();
  const interrupts = listenForInterrupts(source);
  interrupts.dispose();
  expect(source.eventNames()).toEqual([]);
});
