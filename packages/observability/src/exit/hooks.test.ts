import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { installExitHooks } from "./hooks.ts";

/** A process that only notes what is done to it. */
function fakeProcess(
  leftMs: () => Promise<number> = async () => 400,
  emitter = new EventEmitter(),
) {
  const events: string[] = [];
  const host = Object.assign(emitter, {
    pid: 7,
    kill: (pid: number, signal: string) => void events.push(`kill ${pid} ${signal}`),
  });
  const takeBack = installExitHooks({
    flush() {
      events.push("flush");
      return leftMs();
    },
    deliver: (timeoutMs) => void events.push(`deliver ${timeoutMs}`),
    timeoutMs: 500,
    host,
  });
  return { events, host, takeBack };
}

async function turn(): Promise<void> {
  await new Promise(setImmediate);
}

describe("a signal", () => {
  test("flushes, delivers in the time that is left, and is raised again without a listener", async () => {
    const { events, host } = fakeProcess();
    host.emit("SIGTERM");
    expect(events).toEqual(["flush"]);
    await turn();
    expect(events).toEqual(["flush", "deliver 400", "kill 7 SIGTERM"]);
    expect(host.listenerCount("SIGTERM")).toBe(0);
  });

  test("for which the application has a listener only flushes", async () => {
    const { events, host } = fakeProcess();
    host.on("SIGTERM", () => undefined);
    host.emit("SIGTERM");
    host.emit("SIGTERM");
    await turn();
    expect(events).toEqual(["flush", "flush"]);
  });

  test("for which the application has set a listener for one time, before us, only flushes", async () => {
    const { events, host } = fakeProcess(
      undefined,
      new EventEmitter().once("SIGINT", () => {}),
    );
    host.emit("SIGINT");
    await turn();
    expect(events).toEqual(["flush"]);
  });

  test("that comes while the first is dealt with ends the process at once", async () => {
    const { events, host } = fakeProcess(() => new Promise(() => undefined));
    host.emit("SIGTERM");
    host.emit("SIGINT");
    await turn();
    expect(events).toEqual(["flush", "deliver 0", "kill 7 SIGINT"]);
  });

  test.each([
    [globalThis, Symbol.for("signal-exit emitter")],
    [process, "__signal_exit_emitter__"],
  ])("does not leave the end to signal-exit, which leaves it to us", async (where, key) => {
    const { events, host } = fakeProcess();
    host.on("SIGTERM", () => undefined);
    Object.defineProperty(where, key, { value: { count: 1 }, configurable: true });
    try {
      host.emit("SIGTERM");
    } finally {
      Reflect.deleteProperty(where, key);
    }
    await turn();
    expect(events.at(-1)).toBe("kill 7 SIGTERM");
  });
});

describe("the end without a signal", () => {
  test("flushes once, while there is time", async () => {
    const { events, host } = fakeProcess();
    host.emit("beforeExit");
    host.emit("beforeExit");
    await turn();
    expect(events).toEqual(["flush"]);
  });

  test("does not ask a collector again that has not answered in time", async () => {
    const { events, host } = fakeProcess(async () => 0);
    host.emit("beforeExit");
    await turn();
    expect(events).toEqual(["flush", "deliver 0"]);
  });

  test("delivers in the event exit", () => {
    const { events, host } = fakeProcess();
    host.emit("exit");
    expect(events).toEqual(["deliver 500"]);
    expect(host.listenerCount("SIGINT")).toBe(0);
  });
});

test("what is taken back is gone", () => {
  const { host, takeBack } = fakeProcess();
  expect(host.eventNames()).toEqual(["beforeExit", "exit", "SIGTERM", "SIGINT", "SIGHUP"]);
  takeBack();
  expect(host.eventNames()).toEqual([]);
});
