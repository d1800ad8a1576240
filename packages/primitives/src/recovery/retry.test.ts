import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it } from "vitest";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { CircuitOpenError, type WorkflowError } from "../errors.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { circuitBreaker } from "./circuit-breaker.ts";
import type { RetryOptions } from "./retry.ts";
import { retry } from "./retry.ts";
import type { RetryOutcome } from "./retry-meters.ts";

const noWait = { kind: "constant", delayMs: 0 } as const;

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

/** A step that throws these one after another, then returns how often it was called. */
function script(...errors: readonly unknown[]): {
  readonly step: () => Promise<number>;
  readonly calls: () => number;
} {
  let calls = 0;
  return {
    step: async () => {
      if (calls++ < errors.length) throw errors[calls - 1];
      return calls;
    },
    calls: () => calls,
  };
}

const no = new Error("no");
const always = (error: unknown = no): ReturnType<typeof script> =>
  script(...Array.from({ length: 100 }, () => error));

function outcomes(name: string): Record<RetryOutcome, number> {
  const counter = registry.counter("retry.outcomes");
  const of = (outcome: RetryOutcome): number =>
    counter.bind({ primitive_name: name, outcome }).value;
  return {
    succeeded_first: of("succeeded_first"),
    succeeded_after_retry: of("succeeded_after_retry"),
    failed_first: of("failed_first"),
    failed_after_retry: of("failed_after_retry"),
  };
}

const noOutcome = {
  succeeded_first: 0,
  succeeded_after_retry: 0,
  failed_first: 0,
  failed_after_retry: 0,
};

describe("the number of attempts", () => {
  it("is the number of calls in all", async () => {
    const { step, calls } = always();
    await expect(retry(step, { attempts: 3, backoff: noWait }).execute(0)).rejects.toBe(no);
    expect(calls()).toBe(3);
  });

  it("of 1 is one call", async () => {
    const { step, calls } = always();
    await expect(retry(step, { attempts: 1 }).execute(0)).rejects.toBe(no);
    expect(calls()).toBe(1);
  });

  it("is not used up by a step that recovers", async () => {
    const { step } = script(no, no);
    expect(await retry(step, { attempts: 5, backoff: noWait }).execute(0)).toBe(3);
  });

  it("gives every attempt the original input", async () => {
    const inputs: number[] = [];
    const step = async (input: number): Promise<void> => {
      inputs.push(input);
      throw no;
    };
    await expect(retry(step, { attempts: 2, backoff: noWait }).execute(7)).rejects.toBe(no);
    expect(inputs).toEqual([7, 7]);
  });

  it("holds for a step that throws before it returns a promise", async () => {
    let calls = 0;
    const step = (): never => {
      calls++;
      throw no;
    };
    await expect(retry(step, { attempts: 3, backoff: noWait }).execute(0)).rejects.toBe(no);
    expect(calls).toBe(3);
  });

  it("starts anew in every execution", async () => {
    const { step, calls } = always();
    const flaky = retry(step, { attempts: 2, backoff: noWait });
    await flaky.execute(0).catch(() => undefined);
    await flaky.execute(0).catch(() => undefined);
    expect(calls()).toBe(4);
  });
});

describe("the wait before an attempt", () => {
  const waits = async (options: RetryOptions, error: unknown = no): Promise<number[]> => {
    const virtual = virtualRuntime();
    const at: number[] = [];
    const step = (_input: number, { runtime }: WorkflowContext): never => {
      at.push(runtime.elapsed());
      throw error;
    };
    await virtual.execute(retry(step, options), 0).catch(() => undefined);
    return at.slice(1).map((moment, index) => moment - at[index]!);
  };

  it("is as long as the backoff says", async () => {
    const backoff = { kind: "linear", delayMs: 100 } as const;
    expect(await waits({ attempts: 4, backoff })).toEqual([100, 200, 300]);
  });

  it("is exponential with full jitter by default, from 200 ms to 30 s", async () => {
    const delays = await waits({ attempts: 12 });
    expect(delays.every((delayMs, index) => delayMs <= Math.min(30_000, 200 * 2 ** index))).toBe(
      true,
    );
    expect(new Set(delays).size).toBe(delays.length);
    expect(Math.max(...delays)).toBeGreaterThan(1_000);
  });

  it("is what a function of one's own returns, without jitter", async () => {
    expect(await waits({ attempts: 3, backoff: (attempt) => attempt * 7 })).toEqual([7, 14]);
  });

  it("is at least what the server asks for", async () => {
    const options = { attempts: 2, backoff: { kind: "constant", delayMs: 100 } } as const;
    const asking = (seconds: string): Error =>
      Object.assign(new Error("busy"), { status: 429, headers: { "Retry-After": seconds } });
    expect(await waits(options, asking("60"))).toEqual([60_000]);
    expect(await waits(options, asking("0"))).toEqual([100]);
  });

  it("that the server asks for may be longer than the backoff's longest", async () => {
    const backoff = { kind: "exponential", delayMs: 1, maxDelayMs: 2 } as const;
    expect(await waits({ attempts: 2, backoff }, { retryAfterMs: 500 })).toEqual([500]);
  });

  it("starts no attempt at or after the deadline, also when the server asks for it", async () => {
    const { step, calls } = always(Object.assign(new Error("busy"), { retryAfterMs: 1_000 }));
    const flaky = retry(step, { attempts: 3, backoff: noWait });
    const error = await virtualRuntime()
      .execute(flaky, 0, { timeoutMs: 1_000 })
      .catch((caught: WorkflowError) => caught);
    expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED", cause: { message: "busy" } });
    expect(calls()).toBe(1);
  });

  it("that ends in time is waited", async () => {
    const { step } = script(Object.assign(new Error("busy"), { retryAfterMs: 999 }));
    const flaky = retry(step, { attempts: 3, backoff: noWait });
    expect(await virtualRuntime().execute(flaky, 0, { timeoutMs: 1_000 })).toBe(2);
  });
});

describe("what is retried by default", () => {
  it("includes a refused connection of fetch", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    let calls = 0;
    const step = async (): Promise<Response> => {
      calls++;
      return fetch(`http://127.0.0.1:${port}/`);
    };
    const error: unknown = await retry(step, { attempts: 3, backoff: noWait })
      .execute(0)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: "fetch failed", cause: { code: "ECONNREFUSED" } });
    expect(calls).toBe(3);
  });

  it("includes a connection that fetch lost in the middle", async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("part");
      setImmediate(() => response.destroy());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    let calls = 0;
    const step = async (): Promise<string> => {
      calls++;
      return (await fetch(`http://127.0.0.1:${port}/`)).text();
    };
    const error: unknown = await retry(step, { attempts: 2, backoff: noWait })
      .execute(0)
      .catch((caught: unknown) => caught);
    server.close();
    expect(error).toMatchObject({ message: "terminated" });
    expect(calls).toBe(2);
  });

  it("does not include a malformed URL", async () => {
    let calls = 0;
    const step = async (): Promise<Response> => {
      calls++;
      return fetch("http://[");
    };
    await expect(retry(step, { attempts: 3, backoff: noWait }).execute(0)).rejects.toThrow(
      TypeError,
    );
    expect(calls).toBe(1);
  });

  it("does not include a mistake in the program", async () => {
    let calls = 0;
    const step = async (): Promise<unknown> => {
      calls++;
      return (null as unknown as { readonly x: unknown }).x;
    };
    await expect(retry(step, { attempts: 3, backoff: noWait }).execute(0)).rejects.toThrow(
      TypeError,
    );
    expect(calls).toBe(1);
  });

  it("does not include an open circuit", async () => {
    const { step, calls } = always();
    const guarded = circuitBreaker(step, {
      failureRatio: 0.5,
      windowMs: 60_000,
      minimumCalls: 1,
      openMs: 60_000,
      halfOpenCalls: 1,
    });
    await guarded.execute(0).catch(() => undefined);
    const error: unknown = await retry(guarded, { attempts: 5, backoff: noWait })
      .execute(0)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "CIRCUIT_OPEN" });
    expect(calls()).toBe(1);
    expect(outcomes("step").failed_first).toBe(1);
  });
});

describe("retryIf", () => {
  it("decides instead of the default, with error, attempt and context", async () => {
    const { step, calls } = always(new RangeError("no"));
    const asked: unknown[] = [];
    const flaky = retry(step, {
      attempts: 5,
      backoff: noWait,
      retryIf: (error, attempt, context) => {
        asked.push([(error as Error).message, attempt, context.correlationId]);
        return attempt < 3;
      },
    });
    await flaky.execute(0, { correlationId: "c" }).catch(() => undefined);
    expect(calls()).toBe(3);
    expect(asked).toEqual([
      ["no", 1, "c"],
      ["no", 2, "c"],
      ["no", 3, "c"],
    ]);
  });

  it("may be asynchronous", async () => {
    const { step, calls } = always();
    const flaky = retry(step, { attempts: 5, backoff: noWait, retryIf: async () => false });
    await expect(flaky.execute(0)).rejects.toBe(no);
    expect(calls()).toBe(1);
  });

  it("can have an open circuit retried", async () => {
    const { step, calls } = always(new CircuitOpenError("open", 0));
    const flaky = retry(step, { attempts: 3, backoff: noWait, retryIf: () => true });
    await flaky.execute(0).catch(() => undefined);
    expect(calls()).toBe(3);
  });

  it("is not asked about what can never be retried", async () => {
    const { step, calls } = always(
      Object.assign(new Error("two at once"), { code: "CONCURRENT_CALL" }),
    );
    const flaky = retry(step, { attempts: 3, backoff: noWait, retryIf: () => true });
    await flaky.execute(0).catch(() => undefined);
    expect(calls()).toBe(1);
  });

  it("that throws ends the retry with what it threw, and counts it as failed", async () => {
    const flaky = retry(always().step, {
      attempts: 3,
      backoff: noWait,
      retryIf: () => {
        throw new Error("from retryIf");
      },
    }).named("throwing-judge");
    await expect(flaky.execute(0)).rejects.toThrow("from retryIf");
    expect(outcomes("throwing-judge")).toEqual({ ...noOutcome, failed_first: 1 });
  });
});

describe("a caller's abort", () => {
  it("ends the retry with its reason, unchanged, whatever the step throws", async () => {
    const controller = new AbortController();
    const flaky = retry(
      async () => {
        controller.abort("stop");
        throw no;
      },
      { attempts: 3, backoff: noWait },
    ).named("aborted-attempt");
    await expect(flaky.execute(0, { signal: controller.signal })).rejects.toBe("stop");
    expect(outcomes("aborted-attempt")).toEqual({ ...noOutcome, failed_first: 1 });
  });

  it("during a wait counts as failed", async () => {
    const controller = new AbortController();
    const flaky = retry(
      async () => {
        setImmediate(() => controller.abort("stop"));
        throw no;
      },
      { attempts: 3, backoff: { kind: "constant", delayMs: 60_000 } },
    ).named("aborted-wait");
    await expect(flaky.execute(0, { signal: controller.signal })).rejects.toBe("stop");
    expect(outcomes("aborted-wait")).toEqual({ ...noOutcome, failed_first: 1 });
  });
});

describe("metrics", () => {
  it.each([
    ["succeeded_first", 0],
    ["succeeded_after_retry", 1],
    ["failed_after_retry", 2],
  ] as const)("count %s", async (outcome, failures) => {
    const { step } = script(no, no);
    const flaky = retry(failures === 0 ? async () => 1 : failures === 1 ? script(no).step : step, {
      attempts: 2,
      backoff: noWait,
    }).named(outcome);
    await flaky.execute(0).catch(() => undefined);
    expect(outcomes(outcome)).toEqual({ ...noOutcome, [outcome]: 1 });
  });

  it("count failed_first where the first error is not worth another attempt", async () => {
    const flaky = retry(always(new RangeError("no")).step, { attempts: 2 }).named("worthless");
    await flaky.execute(0).catch(() => undefined);
    expect(outcomes("worthless")).toEqual({ ...noOutcome, failed_first: 1 });
  });

  it("count a backoff that throws as failed, and reject with what it threw", async () => {
    const flaky = retry(always().step, { attempts: 2, backoff: () => -1 }).named("bad-backoff");
    await expect(flaky.execute(0)).rejects.toThrow(
      "retry({ backoff }): what it returned for attempt 1: expected a finite number of at least 0, got -1",
    );
    expect(outcomes("bad-backoff")).toEqual({ ...noOutcome, failed_first: 1 });
  });

  it("count attempts after the first by the reason of the one before", async () => {
    const { step } = script(new Error("a"), Object.assign(new Error("b"), { code: "EBUSY" }));
    await retry(step, { attempts: 3, backoff: noWait }).named("reasons").execute(0);
    const attempts = registry.counter("retry.attempts");
    expect(attempts.bind({ primitive_name: "reasons", reason: "Error" }).value).toBe(1);
    expect(attempts.bind({ primitive_name: "reasons", reason: "EBUSY" }).value).toBe(1);
  });

  it("exist with 0 from the moment the workflow is built", () => {
    workflow("built", retry(async () => 1, { attempts: 2 }).named("unborn"));
    const metric = registry.snapshot().metrics.find(({ name }) => name === "retry.outcomes");
    expect(metric?.series.map(({ labelValues }) => labelValues)).toEqual([
      ["unborn", "succeeded_first"],
      ["unborn", "succeeded_after_retry"],
      ["unborn", "failed_first"],
      ["unborn", "failed_after_retry"],
    ]);
  });
});

it("takes the name of what it wraps", () => {
  const search = async (): Promise<number> => 1;
  expect(retry(search, { attempts: 2 }).name).toBe("search");
  expect(retry(search, { attempts: 2 }).named("robust").name).toBe("robust");
});
