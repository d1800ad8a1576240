import { describe, expect, it } from "vitest";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { RunDeadline } from "./deadline.ts";
import { InProcessRuntime } from "./in-process.ts";
import { Mailbox } from "./mailbox.ts";
import { Scope } from "./scope.ts";

function start(leftMs: number) {
  const clock = new VirtualClock(0);
  const scope = new Scope(undefined);
  const home = { mailbox: () => new Mailbox(), deadline: undefined };
  const machine = { kind: "test", clock, random: Math.random, newId: () => "id" };
  const deadline = new RunDeadline(new InProcessRuntime(scope, home, machine), leftMs);
  const pass = (ms: number): void => {
    const until = clock.elapsed() + ms;
    while (clock.fireNext(until));
    clock.moveTo(until);
  };
  return { clock, scope, deadline, pass };
}

describe("the deadline of a run", () => {
  it("is what the scope knows, and stops it when the time is up", () => {
    const { scope, pass } = start(100);
    expect(scope.deadline).toBe(100);
    pass(99);
    expect(scope.stopped).toBe(false);
    pass(1);
    expect(scope.reason).toMatchObject({
      code: "DEADLINE_EXCEEDED",
      message: "the deadline of the run has passed",
    });
  });

  it("stands still while it is paused, and keeps what was left", () => {
    const { scope, deadline, pass } = start(100);
    pass(30);
    deadline.pause();
    expect(scope.deadline).toBe(Infinity);
    pass(10_000);
    expect(scope.stopped).toBe(false);
    deadline.resume();
    expect(scope.deadline).toBe(10_030 + 70);
    pass(69);
    expect(scope.stopped).toBe(false);
    pass(1);
    expect(scope.stopped).toBe(true);
  });

  it("goes on when the last of those it was paused for is done", () => {
    const { scope, deadline, pass } = start(100);
    deadline.pause();
    pass(50);
    deadline.pause();
    deadline.resume();
    pass(1_000);
    expect(scope.stopped).toBe(false);
    deadline.resume();
    pass(100);
    expect(scope.stopped).toBe(true);
  });

  it("leaves no timer when it is stopped, paused or not", () => {
    const { clock, deadline, pass, scope } = start(100);
    deadline.stop();
    expect(clock.pendingTimers).toBe(0);
    const other = start(100);
    other.deadline.pause();
    other.deadline.stop();
    expect(other.clock.pendingTimers).toBe(0);
    pass(1_000);
    expect(scope.stopped).toBe(false);
  });

  it("starts no timer again after it was stopped: whoever waited is only told then", () => {
    const { clock, deadline } = start(100);
    deadline.pause();
    deadline.stop();
    deadline.resume();
    expect(clock.pendingTimers).toBe(0);
  });

  it("that has passed stops the scope in the next turn", () => {
    const { scope, pass } = start(-5);
    expect(scope.stopped).toBe(false);
    pass(0);
    expect(scope.stopped).toBe(true);
  });
});
