import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { parallel } from "../composition/parallel.ts";
import { sequential } from "../composition/sequential.ts";
import { CircuitOpenError } from "../errors.ts";
import { scopeListeners } from "../runtime/scope-listeners.fixture.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import {
  breakerOf,
  FOUR_FAILURES,
  give,
  halfOpen,
  NO,
  obey,
  RULES,
  tally,
  type Order,
} from "./circuit-breaker.fixture.ts";
import { circuitBreaker } from "./circuit-breaker.ts";
import { retry } from "./retry.ts";
import { timeout } from "./timeout.ts";

const isOpen = expect.any(CircuitOpenError) as unknown;

describe("a closed circuit", () => {
  it("passes values and errors on", async () => {
    const breaker = breakerOf();
    expect(await give(breaker, virtualRuntime(), "succeed", "fail")).toEqual(["succeed", NO]);
  });

  it("opens when enough calls have ended and their share of failures is reached", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    const seen = await give(breaker, runtime, "fail", "succeed", "succeed", "fail", "succeed");
    expect(seen).toEqual([NO, "succeed", "succeed", NO, isOpen]);
    expect(tally.calls).toBe(4);
  });

  it("stays closed while too few calls have ended", async () => {
    const breaker = breakerOf();
    await give(breaker, virtualRuntime(), "fail", "fail", "fail", "succeed");
    expect(tally.calls).toBe(4);
  });

  it("stays closed below the share", async () => {
    const breaker = breakerOf({ failureRatio: 0.51 });
    const orders: Order[] = ["succeed", "fail", "succeed", "fail", "succeed", "fail"];
    expect(await give(breaker, virtualRuntime(), ...orders)).not.toContainEqual(isOpen);
  });

  it("opens with the call that makes the window meaningful, be it a success", async () => {
    const breaker = breakerOf();
    const seen = await give(
      breaker,
      virtualRuntime(),
      "fail",
      "fail",
      "fail",
      "succeed",
      "succeed",
    );
    expect(seen.at(-1)).toEqual(isOpen);
  });

  it("forgets what is older than the window", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    await give(breaker, runtime, "fail", "fail", "fail");
    await runtime.advance(RULES.windowMs);
    expect(await give(breaker, runtime, "fail", "succeed")).toEqual([NO, "succeed"]);
  });

  it("remembers what is younger than nine tenths of the window", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    await give(breaker, runtime, "fail", "fail", "fail");
    await runtime.advance(0.9 * RULES.windowMs);
    expect(await give(breaker, runtime, "fail", "succeed")).toEqual([NO, isOpen]);
  });

  it("has documented defaults", () => {
    expect(circuitBreaker(obey).describe().options).toEqual({
      failureRatio: 0.5,
      windowMs: 30_000,
      minimumCalls: 10,
      openMs: 10_000,
      halfOpenCalls: 1,
    });
  });

  it("is called after what it guards", () => {
    expect(circuitBreaker(obey)).toMatchObject({ name: "obey", type: "circuit_breaker" });
  });
});

describe("an open circuit", () => {
  it("calls nothing and says when it will", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    await give(breaker, runtime, ...FOUR_FAILURES);
    await runtime.advance(400);
    const [error] = await give(breaker, runtime, "succeed");
    expect(error).toMatchObject({ code: "CIRCUIT_OPEN", retryAfterMs: 600 });
    expect((error as Error).message).toMatch(
      /circuit breaker "obey-\d+" is open for another 600 ms/,
    );
    expect(tally.calls).toBe(4);
  });

  it("is not retried by default", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    await give(breaker, runtime, ...FOUR_FAILURES);
    const patient = retry(breaker, { attempts: 5, backoff: { kind: "constant", delayMs: 600 } });
    await expect(runtime.execute(patient, "succeed")).rejects.toMatchObject({
      code: "CIRCUIT_OPEN",
    });
    expect(tally.calls).toBe(4);
  });

  it("ignores how calls end that were let in before it opened, also once it has closed", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    const late = Promise.withResolvers<never>();
    const running = Array.from({ length: 4 }, () =>
      breaker.execute(() => late.promise, { runtime }).catch((error: unknown) => error),
    );
    await give(breaker, runtime, ...FOUR_FAILURES);
    await runtime.advance(RULES.openMs);
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
    late.reject(NO);
    expect(await Promise.all(running)).toEqual([NO, NO, NO, NO]);
    expect(await give(breaker, runtime, "fail", "succeed")).toEqual([NO, "succeed"]);
  });
});

describe("a half-open circuit", () => {
  it.each([1, 3])("lets %i of 50 concurrent calls through", async (halfOpenCalls) => {
    const { breaker, runtime } = await halfOpen({ halfOpenCalls });
    const gate = Promise.withResolvers<string>();
    const all = Array.from({ length: 50 }, () =>
      breaker.execute(() => gate.promise, { runtime }).catch((error: unknown) => error),
    );
    await turn();
    expect(tally.calls).toBe(halfOpenCalls);
    gate.resolve("probe");
    const seen = await Promise.all(all);
    expect(seen.filter((one) => one === "probe")).toHaveLength(halfOpenCalls);
    const refused = seen.filter((one) => one instanceof CircuitOpenError);
    expect(refused).toHaveLength(50 - halfOpenCalls);
    expect(refused.every(({ retryAfterMs }) => retryAfterMs === 0)).toBe(true);
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
  });

  it("lets no more probes through while some have succeeded and others run", async () => {
    const { breaker, runtime } = await halfOpen({ halfOpenCalls: 2 });
    const gate = Promise.withResolvers<string>();
    const slow = breaker.execute(() => gate.promise, { runtime });
    expect(await give(breaker, runtime, "succeed", "succeed", "succeed")).toEqual([
      "succeed",
      isOpen,
      isOpen,
    ]);
    gate.resolve("slow");
    await slow;
    expect(await give(breaker, runtime, "succeed", "succeed")).toEqual(["succeed", "succeed"]);
  });

  it("opens again when one probe fails, for another whole period", async () => {
    const { breaker, runtime } = await halfOpen({ halfOpenCalls: 2 });
    const [, , refused] = await give(breaker, runtime, "succeed", "fail", "succeed");
    expect(refused).toMatchObject({ code: "CIRCUIT_OPEN", retryAfterMs: RULES.openMs });
  });

  it("starts with an empty window once it has closed", async () => {
    const { breaker, runtime } = await halfOpen();
    expect(await give(breaker, runtime, "succeed", "fail", "fail", "fail", "succeed")).toEqual([
      "succeed",
      NO,
      NO,
      NO,
      "succeed",
    ]);
  });

  it("ignores how the probe of an earlier period ends", async () => {
    const { breaker, runtime } = await halfOpen({ halfOpenCalls: 2 });
    const gate = Promise.withResolvers<string>();
    const early = breaker.execute(() => gate.promise, { runtime });
    await give(breaker, runtime, "fail");
    await runtime.advance(RULES.openMs);
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
    gate.resolve("early");
    await early;
    expect(await give(breaker, runtime, "fail", "succeed")).toEqual([NO, isOpen]);
  });

  it("gives the place of an aborted probe to the next call", async () => {
    const { breaker, runtime } = await halfOpen();
    const controller = new AbortController();
    const probe = breaker.execute("hang", { runtime, signal: controller.signal });
    expect(await give(breaker, runtime, "succeed")).toEqual([isOpen]);
    controller.abort("stop");
    await expect(probe).rejects.toBe("stop");
    expect(await give(breaker, runtime, "succeed", "succeed")).toEqual(["succeed", "succeed"]);
  });

  it("gives the place of a probe whose error is ignored to the next call", async () => {
    const { breaker, runtime } = await halfOpen({ isFailure: (error) => error === NO });
    const refuse = (): never => {
      throw new Error("400");
    };
    const [ignored, ...rest] = await give(breaker, runtime, refuse, "succeed", "succeed");
    expect(ignored).toMatchObject({ message: "400" });
    expect(rest).toEqual(["succeed", "succeed"]);
  });

  it("is not blocked by a probe that hears no abort", async () => {
    const { breaker, runtime } = await halfOpen();
    const deaf = (): Promise<never> => new Promise(() => undefined);
    const limited = timeout(breaker, { timeoutMs: 10 });
    await expect(runtime.execute(limited, deaf)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(await give(breaker, runtime, "succeed")).toEqual([isOpen]);
    await runtime.advance(RULES.openMs);
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
  });

  it("takes a probe for lost of which nothing is heard for a minute", async () => {
    const { breaker, runtime } = await halfOpen();
    void breaker.execute("hang", { runtime });
    await runtime.advance(59_999);
    expect(await give(breaker, runtime, "succeed")).toEqual([isOpen]);
    await runtime.advance(1);
    expect(await give(breaker, runtime, "succeed", "succeed")).toEqual(["succeed", "succeed"]);
  });
});

describe("the state of a breaker", () => {
  it("is the same in every place, under every name", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    const named = breaker.named(`other-${breaker.name}`);
    await give(sequential(breaker), runtime, "fail", "fail");
    await give(named, runtime, "fail", "fail");
    expect(await give(parallel([breaker, named]) as never, runtime, "succeed")).toEqual([isOpen]);
  });

  it("is not another breaker's, though it guards the same step", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    await give(breaker, runtime, ...FOUR_FAILURES);
    expect(await give(circuitBreaker(obey, RULES), runtime, "succeed")).toEqual(["succeed"]);
  });

  it("survives runs whose clocks have nothing in common", async () => {
    const breaker = breakerOf();
    const late = virtualRuntime();
    await late.advance(1e12);
    await give(breaker, late, ...FOUR_FAILURES);
    const early = virtualRuntime();
    const [error] = await give(breaker, early, "succeed");
    expect(error).toMatchObject({ retryAfterMs: RULES.openMs });
    await early.advance(RULES.openMs);
    expect(await give(breaker, early, "succeed", "fail")).toEqual(["succeed", NO]);
    expect(await give(breaker, late, "fail", "succeed", "fail", "fail", "succeed")).toEqual([
      NO,
      "succeed",
      NO,
      NO,
      isOpen,
    ]);
  });
});

describe("what a breaker leaves behind", () => {
  it("is neither a timer nor a listener", async () => {
    const { breaker, runtime } = await halfOpen();
    const listeners = scopeListeners();
    const { signal } = new AbortController();
    await runtime.execute(breaker, "succeed", { signal });
    await expect(runtime.execute(breaker, "fail", { signal })).rejects.toBe(NO);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(runtime.pendingTimers).toBe(0);
    expect(listeners.left).toBe(0);
    listeners.stop();
  });
});

describe("wrong options of a breaker", () => {
  it.each([
    [{ failureRatio: 0 }, RangeError, "circuitBreaker({ failureRatio })"],
    [{ failureRatio: 1.1 }, RangeError, "circuitBreaker({ failureRatio })"],
    [{ windowMs: 0 }, RangeError, "circuitBreaker({ windowMs })"],
    [{ minimumCalls: 0 }, RangeError, "circuitBreaker({ minimumCalls })"],
    [{ openMs: -1 }, RangeError, "circuitBreaker({ openMs })"],
    [{ halfOpenCalls: 1.5 }, RangeError, "circuitBreaker({ halfOpenCalls })"],
    [{ openMs: "1s" as never }, TypeError, "circuitBreaker({ openMs })"],
    [{ isFailure: true as never }, TypeError, "circuitBreaker({ isFailure })"],
    [{ store: {} as never }, TypeError, "circuitBreaker({ store })"],
    [{ store: null as never }, TypeError, "circuitBreaker({ store })"],
    [{ storeTimeoutMs: 0 }, RangeError, "circuitBreaker({ storeTimeoutMs })"],
    [null as never, TypeError, "circuitBreaker(step, options)"],
  ])("are named: %j", (options, type, name) => {
    expect(() => circuitBreaker(obey, options)).toThrow(type);
    expect(() => circuitBreaker(obey, options)).toThrow(name);
  });

  it("include a step that is none", () => {
    expect(() => circuitBreaker(5 as never)).toThrow("circuitBreaker(): step");
  });
});
