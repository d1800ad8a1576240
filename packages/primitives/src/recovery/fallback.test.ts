import { beforeEach, describe, expect, it } from "vitest";
import { workflow } from "../composition/workflow.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { fallback } from "./fallback.ts";
import { timeout } from "./timeout.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const failing = (message: string, code?: string) => async (): Promise<never> => {
  throw Object.assign(new Error(message), code === undefined ? {} : { code });
};

function activations(): (readonly string[])[] {
  const metric = registry.snapshot().metrics.find(({ name }) => name === "fallback.activations");
  return (metric?.series ?? []).map(({ labelValues }) => labelValues);
}

describe("a fallback", () => {
  it("is its primary where that succeeds: no alternative is tried", async () => {
    let tried = 0;
    const guarded = fallback(async (input: number) => input + 1, [() => tried++]);
    expect(await guarded.execute(1)).toBe(2);
    expect(tried).toBe(0);
    expect(activations()).toEqual([]);
  });

  it("tries its alternatives in order, each on the original input, until one succeeds", async () => {
    const tried: string[] = [];
    const noting = (name: string, succeeds: boolean) => async (input: number) => {
      tried.push(`${name} ${input}`);
      if (!succeeds) throw new Error(name);
      return name;
    };
    const guarded = fallback(noting("primary", false), [
      noting("first", false),
      noting("second", true),
      noting("third", true),
    ]);
    expect(await guarded.execute(7)).toBe("second");
    expect(tried).toEqual(["primary 7", "first 7", "second 7"]);
  });

  it("rejects with the error of the last alternative when all fail", async () => {
    const guarded = fallback(failing("primary"), [failing("first"), failing("last")]);
    await expect(guarded.execute(0)).rejects.toThrow("last");
    expect(activations()).toEqual([]);
  });

  it("takes over from a primary that throws before it returns a promise", async () => {
    const guarded = fallback((): number => {
      throw new Error("no");
    }, [() => 5]);
    expect(await guarded.execute(0)).toBe(5);
  });

  it("takes over from a timeout, with a scope of its own for the alternative", async () => {
    const slow = timeout(
      async (_input: number, context) => {
        await context.sleep("work", 5_000);
        return "slow";
      },
      { timeoutMs: 10 },
    );
    const quick = async (_input: number, context: { signal: AbortSignal }): Promise<string> =>
      context.signal.aborted ? "aborted" : "quick";
    expect(await virtualRuntime().execute(fallback(slow, [quick]), 0)).toBe("quick");
  });

  it("counts which alternative served, and why", async () => {
    const primary = failing("no", "EBUSY");
    const canned = (): string => "canned";
    await fallback(primary, [failing("first"), canned])
      .named("answer")
      .execute(0);
    expect(activations()).toEqual([["answer", "canned", "Error"]]);
    await fallback(primary, [canned]).named("other").execute(0);
    expect(activations()).toContainEqual(["other", "canned", "EBUSY"]);
  });

  it("has the name of its primary", () => {
    async function search(): Promise<number> {
      return 1;
    }
    expect(fallback(search, [async () => 2]).name).toBe("search");
  });
});

describe("when", () => {
  it("says which errors are a reason to go on, and is told the context", async () => {
    const seen: unknown[] = [];
    const guarded = fallback(failing("primary"), [failing("first"), () => "second"], {
      when: async (error, context) => {
        seen.push([(error as Error).message, context.correlationId]);
        return (error as Error).message === "primary";
      },
    });
    await expect(guarded.execute(0, { correlationId: "c" })).rejects.toThrow("first");
    expect(seen).toEqual([
      ["primary", "c"],
      ["first", "c"],
    ]);
  });

  it("is not asked about the last alternative's error", async () => {
    let asked = 0;
    const guarded = fallback(failing("primary"), [failing("last")], {
      when: () => ++asked > 0,
    });
    await expect(guarded.execute(0)).rejects.toThrow("last");
    expect(asked).toBe(1);
  });

  it("that throws rejects with what it threw", async () => {
    const guarded = fallback(failing("primary"), [() => 1], {
      when: () => {
        throw new Error("from when");
      },
    });
    await expect(guarded.execute(0)).rejects.toThrow("from when");
  });
});

describe("no alternative is tried", () => {
  it("after a caller's abort, which is no failure", async () => {
    const controller = new AbortController();
    let tried = 0;
    const guarded = fallback(async () => {
      controller.abort("stop");
      throw new Error("no");
    }, [() => tried++]);
    await expect(guarded.execute(0, { signal: controller.signal })).rejects.toBe("stop");
    expect(tried).toBe(0);
  });

  it("after a caller's abort, and nobody is asked whether to go on", async () => {
    const controller = new AbortController();
    let asked = 0;
    const aborting = async (): Promise<never> => {
      controller.abort("stop");
      throw new Error("no");
    };
    const guarded = fallback(aborting, [() => 1], { when: () => ++asked > 0 });
    await expect(guarded.execute(0, { signal: controller.signal })).rejects.toBe("stop");
    expect(asked).toBe(0);
  });

  it("after a caller's abort in the last alternative: its error is not what the run rejects with", async () => {
    const controller = new AbortController();
    const guarded = fallback(failing("primary"), [
      fallback(async () => {
        controller.abort("stop");
        throw new Error("no");
      }, [() => 1]),
    ]);
    await expect(guarded.execute(0, { signal: controller.signal })).rejects.toBe("stop");
  });

  it("for two calls at once, which are a mistake in the program", async () => {
    let tried = 0;
    const guarded = fallback(failing("two at once", "CONCURRENT_CALL"), [() => tried++]);
    await expect(guarded.execute(0)).rejects.toThrow("two at once");
    expect(tried).toBe(0);
  });

  it("at or after the deadline", async () => {
    let tried = 0;
    const slow = async (
      _input: number,
      context: { sleep(at: string, ms: number): Promise<void> },
    ): Promise<never> => {
      await context.sleep("work", 50);
      throw new Error("no");
    };
    const run = virtualRuntime().execute(workflow("w", fallback(slow, [() => tried++])), 0, {
      timeoutMs: 50,
    });
    await expect(run).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(tried).toBe(0);
  });
});
