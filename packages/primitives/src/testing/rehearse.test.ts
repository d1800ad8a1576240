import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { conditional } from "../composition/conditional.ts";
import { parallel } from "../composition/parallel.ts";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { definePrimitive } from "../define.ts";
import type { Primitive } from "../primitive.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { timeout } from "../recovery/timeout.ts";
import { waitFor } from "../waiting/wait-for.ts";
import { rehearse } from "./rehearse.ts";
import { scripted } from "./scripted.ts";

const nap =
  (ms: number) =>
  async <T>(input: T, context: WorkflowContext): Promise<T> => {
    await context.sleep("nap", ms);
    return input;
  };
const no = new Error("no");
const failing = (): never => {
  throw no;
};

/** A composite of one's own with two children. */
function composite<O>(
  run: (input: number, context: WorkflowContext) => Promise<O>,
): Primitive<number, O> {
  return definePrimitive({
    type: "own",
    children: { a: async () => "a", b: async () => "b" },
    run,
  });
}

describe("a rehearsal of a sound primitive", () => {
  it("says what it resolved with, and what its journal holds", async () => {
    const steps = sequential(
      async (n: number) => n + 1,
      conditional(
        (n) => n > 1,
        async (n: number) => n * 10,
      ),
    );
    expect(await rehearse(steps, 1)).toEqual({
      result: 20,
      operations: 3,
      journal: ["step sequential/0", "step sequential/1/if", "step sequential/1/then"],
      // Each operation is begun and recorded, and the run ends.
      replays: 7,
      problems: [],
    });
  });

  it("says what it rejected with, as it comes over a wire", async () => {
    const report = await rehearse(workflow("w", failing), 0);
    expect(report).toMatchObject({ error: { name: "Error", message: "no" }, problems: [] });
    expect(report.error).not.toBe(no);
    expect(report).not.toHaveProperty("result");
  });

  it("runs its steps once, however often it is recovered", async () => {
    const step = scripted("step", [{ rejects: no }, { rejects: no }, { returns: 7 }]);
    const report = await rehearse(retry(step, { attempts: 5 }), 0);
    expect(report).toMatchObject({ result: 7, operations: 5, replays: 11, problems: [] });
    expect(step.calls).toHaveLength(3);
  });

  it("waits in virtual time, and branches wait at once", async () => {
    const began: number[] = [];
    const times = async (_input: unknown, { runtime }: WorkflowContext): Promise<number> =>
      runtime.elapsed();
    const naps = parallel({
      long: sequential(nap(3_600_000), times),
      short: sequential(nap(20), times),
    });
    const report = await rehearse(
      sequential(naps, async (ends) => ({ ends, began })),
      0,
    );
    expect(report).toMatchObject({
      result: { ends: { long: 3_600_000, short: 20 } },
      problems: [],
    });
  });

  it("gives a run the same chance every time", async () => {
    const dice = composite(async (_input, context) => {
      const { runtime } = context;
      return [runtime.random(), runtime.newId(), runtime.now(), await context.call("a", 0)];
    });
    const { result, problems } = await rehearse(dice, 0);
    expect(problems).toEqual([]);
    expect(await rehearse(dice, 0, { seed: "rehearsal" })).toMatchObject({ result });
    expect((await rehearse(dice, 0, { seed: 2 })).result).not.toEqual(result);
  });

  it("gives each branch an input of its own", async () => {
    const push = async (list: number[]): Promise<number> => list.push(1);
    const sharing = definePrimitive({
      type: "sharing",
      children: { a: push, b: push },
      run: async (_n: number, context) => {
        const input: number[] = [];
        const items = ["a", "b"].map((child) => ({ child, input }));
        const { outcomes } = await context.fork(items, { until: "all" });
        return [...outcomes.map((outcome) => "value" in outcome && outcome.value), input.length];
      },
    });
    expect(await rehearse(sharing, 0)).toMatchObject({ result: [1, 1, 0], problems: [] });
  });

  it("feeds state back", async () => {
    const writes = sequential(
      parallel({
        a: async (_n: number, { state }) => void state.set("a", 1),
        b: async (_n: number, { state }) => void state.set("b", { deep: true }),
      }),
      async (_input, { state }) => state.entries(),
    );
    expect(await rehearse(writes, 0)).toMatchObject({
      result: [
        ["a", 1],
        ["b", { deep: true }],
      ],
      problems: [],
    });
  });

  it("answers what the run waits for", async () => {
    const asks = sequential(waitFor<number, string>("approval"), async (answer: string) =>
      answer.toUpperCase(),
    );
    expect(await rehearse(asks, 0, { signals: { approval: "yes" } })).toMatchObject({
      result: "YES",
      problems: [],
    });
    const patient = waitFor<number, string>("approval", { timeoutMs: 86_400_000 });
    expect(await rehearse(patient, 0)).toMatchObject({
      error: { code: "WAIT_TIMEOUT" },
      problems: [],
    });
    await expect(rehearse(asks, 0)).rejects.toThrow(
      /rehearse\(\{ signals \}\): expected an answer to "approval"/,
    );
  });

  it("replays every order that a shuffle gives", async () => {
    const order = new Set<string>();
    for (let shuffle = 0; shuffle < 12; shuffle++) {
      const log: string[] = [];
      const step = (name: string) => async (): Promise<void> => void log.push(name);
      const branches = parallel({ a: step("a"), b: step("b"), c: step("c") });
      expect((await rehearse(branches, 0, { shuffle })).problems).toEqual([]);
      order.add(log.join(""));
    }
    expect(order.size).toBeGreaterThan(2);
  });

  it("tells steps that run below a kill again what to do when it is asked to", async () => {
    const step = scripted("step", [{ returns: 7 }]);
    const report = await rehearse(sequential(step, step), 0, { rerunSteps: true });
    expect(report).toMatchObject({ result: 7, operations: 2, replays: 5, problems: [] });
    // Once to begin with; for each of five kills what was lost or not yet begun.
    expect(step.calls.length).toBeGreaterThan(2 + 5);
  });

  it("makes one primitive per process where it is told how", async () => {
    let made = 0;
    const counting = (): Primitive<number, string> => {
      made++;
      let calls = 0;
      return composite(async (_input, context) => context.call(calls++ === 0 ? "a" : "b", 0));
    };
    expect(await rehearse(counting, 0)).toMatchObject({ result: "a", problems: [], replays: 3 });
    expect(made).toBe(1 + 2 * 3);
  });

  it("picks some of very many kills", async () => {
    const many = parallel(Array.from({ length: 20 }, () => async (n: number) => n));
    const report = await rehearse(many, 0, { maxReplays: 7 });
    expect(report).toMatchObject({ replays: 7, operations: 40, problems: [] });
  });
});

describe("a rehearsal that is cancelled", () => {
  it("ends a wait at once, with the reason", async () => {
    const report = await rehearse(
      retry(failing, { attempts: 9, backoff: { kind: "constant", delayMs: 100 } }),
      0,
      {
        abort: { afterMs: 250, reason: Object.assign(new Error("stop"), { code: "STOP" }) },
      },
    );
    expect(report).toMatchObject({ error: { message: "stop", code: "STOP" }, problems: [] });
    expect(report.journal).toHaveLength(6);
  });

  it("tells steps, and waits for them", async () => {
    const step = scripted<number, number>("step", [{ returns: 1, afterMs: 1_000 }]);
    const deaf = scripted<number, number>("deaf", [
      { returns: 1, afterMs: 1_000, ignoresAbort: true },
    ]);
    const abort = { afterMs: 250 };
    expect(await rehearse(workflow("w", step), 0, { abort })).toMatchObject({
      error: { name: "AbortError" },
      problems: [],
    });
    expect(step.calls[0]!.abortedWith).toMatchObject({ reason: { name: "AbortError" } });
    expect(step.calls[0]!.endedAtMs! - step.calls[0]!.startedAtMs).toBe(250);
    expect(await rehearse(workflow("w", deaf), 0, { abort })).toMatchObject({
      error: { name: "AbortError" },
    });
    expect(deaf.calls[0]!.endedAtMs! - deaf.calls[0]!.startedAtMs).toBe(1_000);
  });

  it("stops branches, and lets compensations run", async () => {
    const undo = scripted("undo", [{ returns: "undone", afterMs: 5_000 }]);
    const trip = saga(
      { name: "one", execute: nap(10), compensate: undo },
      { name: "two", execute: nap(10_000), compensate: sequential(nap(10), undo) },
    );
    const report = await rehearse(parallel({ trip, other: nap(60_000) }), 0, {
      abort: { afterMs: 500, reason: no },
    });
    expect(report).toMatchObject({ error: { message: "no" }, problems: [] });
    expect(undo.calls).toHaveLength(2);
    expect(undo.calls.every(({ signal }) => !signal.aborted)).toBe(true);
  });

  it("rejects operations with the reason itself", async () => {
    const seen: boolean[] = [];
    const patient = definePrimitive({
      type: "patient",
      children: { nap: nap(1_000) },
      run: async (_n: number, context) => {
        const note = (error: unknown): unknown => seen.push(error === context.signal.reason);
        await context.call("nap", 0).catch(note);
        await context.sleep("nap", 5).catch(note);
      },
    });
    const abort = { afterMs: 250, reason: no };
    expect((await rehearse(patient, 0, { abort, maxReplays: 1 })).error).toMatchObject({
      message: "no",
    });
    const sleepy = composite(async (_n, context) =>
      context
        .sleep("nap", 1_000)
        .catch((error: unknown) => seen.push(error === context.signal.reason)),
    );
    await rehearse(sleepy, 0, { abort, maxReplays: 1 });
    // The run, the process that is lost at its end, and its recovery.
    expect(seen).toEqual(Array(3 * (2 + 1)).fill(true));
  });

  it("has the deadline it is given", async () => {
    const patient = workflow("w", nap(60_000));
    expect(await rehearse(patient, 0, { timeoutMs: 1_000 })).toMatchObject({
      error: { code: "DEADLINE_EXCEEDED" },
      problems: [],
    });
    const late = retry(failing, { attempts: 9, backoff: { kind: "constant", delayMs: 600 } });
    const report = await rehearse(late, 0, { timeoutMs: 1_000 });
    expect(report).toMatchObject({
      error: { code: "DEADLINE_EXCEEDED", cause: { message: "no" } },
      operations: 3,
    });
    const left = workflow(
      "w",
      timeout(async (_n: number, { deadlineMs, runtime }) => deadlineMs! - runtime.now(), {
        timeoutMs: 70,
      }),
    );
    expect(await rehearse(left, 0, { timeoutMs: 1_000 })).toMatchObject({ result: 70 });
    expect(await rehearse(left, 0, { timeoutMs: 30 })).toMatchObject({ result: 30 });
  });
});

describe("a rehearsal finds", () => {
  const problemsOf = async (primitive: Primitive<number, unknown>): Promise<string> =>
    (await rehearse(primitive, 0)).problems.join("\n");

  it("chance in a composite", async () => {
    const chances = [0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1];
    const dice = composite((_input, context) =>
      context.call(chances.shift()! < 0.5 ? "a" : "b", 0),
    );
    expect(await problemsOf(dice)).toMatch(
      /replay of "run": "step own\/(a:a|b:b)" where "step own\/(a:a|b:b)" is in the journal/,
    );
    const random = composite(async (_input, context) => {
      await context.call("a", 0);
      return Math.random();
    });
    expect(await problemsOf(random)).toMatch(
      /recovered after event 1 of the journal it ended with .* instead of/,
    );
  });

  it("clocks in a composite", async () => {
    let now = 0;
    const clock = composite(async (_input, context) => [await context.call("a", 0), now++]);
    expect(await problemsOf(clock)).toMatch(
      /it ended with \{"value":\["a",1\]\} instead of \{"value":\["a",0\]\}/,
    );
  });

  it("chance in a branch", async () => {
    let calls = 0;
    const branch = composite(async (_input, context) => [await context.call("a", 0), calls++]);
    expect(await problemsOf(parallel({ branch }))).toBe(
      [
        'replay of "parallel/branch": it ended with {"value":["a",1]} where {"value":["a",0]} is in the journal',
        'recovered after event 1 of the journal it ended with {"value":{"branch":["a",1]}} instead of {"value":{"branch":["a",0]}}',
      ].join("\n"),
    );
  });

  it("what a step leaves in a variable of its composite", async () => {
    let seen = "nothing";
    const leaky = definePrimitive({
      type: "leaky",
      children: { look: async () => void (seen = "something") },
      run: async (_input: number, context) => {
        seen = "nothing";
        await context.call("look", 0);
        return seen;
      },
    });
    expect(await problemsOf(leaky)).toContain(
      'it ended with {"value":"nothing"} instead of {"value":"something"}',
    );
  });

  it("what a later step reads of an earlier one's memory, when steps run again", async () => {
    let memory: number | undefined;
    const remember = (): Primitive<number, number> => {
      memory = undefined;
      return sequential(
        async (n: number) => (memory = n + 1),
        async () => memory ?? -1,
      );
    };
    expect((await rehearse(remember, 1)).problems).toEqual([]);
    expect((await rehearse(remember, 1, { rerunSteps: true })).problems).toEqual([
      'recovered after event 2 of the journal it ended with {"value":-1} instead of {"value":2}',
    ]);
  });

  it.each<[string, unknown, string]>([
    [
      "a Date",
      { at: new Date(0) },
      'step "sequential/0": its result.at is a Date, which JSON makes a string',
    ],
    [
      "a Map",
      new Map(),
      'step "sequential/0": its result is a Map, which JSON makes a plain object',
    ],
    ["a bigint", 1n, 'step "sequential/0": its result is a bigint, which JSON cannot hold'],
  ])("a value that a wire changes: %s", async (_what, value, problem) => {
    expect(
      await problemsOf(
        sequential(
          async () => value,
          async () => 1,
        ),
      ),
    ).toBe(problem);
  });

  it("such values in inputs, state and results of branches and of the run", async () => {
    const at = new Date(0);
    const stateful = async (_n: unknown, { state }: WorkflowContext): Promise<void> =>
      void state.set("at", at);
    const dated = composite(async () => ({ at }));
    const branched = definePrimitive({
      type: "branched",
      children: { dated, plain: async () => 1 },
      run: async (_n: number, context) => {
        await context.fork(
          [
            { child: "dated", input: 0 },
            { child: "plain", input: { at } },
          ],
          { until: "all" },
        );
        return 1;
      },
    });
    expect(await problemsOf(workflow("w", stateful))).toBe(
      `step "w/stateful": state "at" is a Date, which JSON makes a string`,
    );
    expect(await problemsOf(branched)).toBe(
      [
        'branch "branched/plain:plain": its input.at is a Date, which JSON makes a string',
        'branch "branched/dated": its result.at is a Date, which JSON makes a string',
      ].join("\n"),
    );
    const huge = await rehearse(
      composite(async () => ({ price: 1n })),
      0,
    );
    expect(huge).toMatchObject({
      error: { code: "NOT_SERIALIZABLE" },
      problems: ["the run: its result.price is a bigint, which JSON cannot hold"],
    });
    expect(await problemsOf(dated)).toBe(
      "the run: its result.at is a Date, which JSON makes a string",
    );
    const input = await rehearse(
      sequential(async (given: { at: Date }) => typeof given.at),
      { at },
    );
    expect(input).toMatchObject({
      result: "string",
      problems: ["the input.at is a Date, which JSON makes a string"],
    });
  });

  it("operations of one composite that run at once", async () => {
    const both = composite((_input, context) =>
      Promise.all([context.call("a", 0), context.call("b", 0)]),
    );
    expect(await problemsOf(both)).toMatch(
      /"own\/b:b" was called while "own\/a:a" was still running/,
    );
    expect(await problemsOf(parallel({ both }, { join: "settled" }))).toMatch(/was called while/);
  });

  it("two branches of one name", async () => {
    const twice = definePrimitive({
      type: "twice",
      children: { a: async () => 1 },
      run: async (_n: number, context) => {
        for (const input of [1, 2]) await context.fork([{ child: "a", input }], { until: "all" });
      },
    });
    expect(await problemsOf(twice)).toBe(
      'two branches are called "twice/a:a": give each an index of its own',
    );
  });

  it("a composite that waits for what a step does besides its result", async () => {
    let ring = (): void => undefined;
    const bell = definePrimitive({
      type: "bell",
      children: { ring: async () => ring() },
      run: async (_n: number, context) => {
        const rung = new Promise<void>((resolve) => {
          ring = resolve;
        });
        await context.call("ring", 0);
        await rung;
      },
    });
    expect((await rehearse(bell, 0, { stallMs: 50 })).problems).toEqual([
      "recovered after event 1 of the journal it never ends",
    ]);
  });

  it("a run that never ends, by rejecting", async () => {
    const never = composite(() => new Promise(() => undefined));
    await expect(rehearse(never, 0, { stallMs: 50 })).rejects.toThrow(/outside virtual time/);
  });
});

describe("the runtime of a rehearsal", () => {
  it("is replaying while recorded results come back, and has ended when its process is lost", async () => {
    const seen: string[] = [];
    const watching = definePrimitive({
      type: "watching",
      children: { a: async () => 1, b: async () => 2 },
      run: async (_n: number, context) => {
        const { runtime } = context;
        runtime.ended.addEventListener("abort", () => seen.push("ended"));
        const note = (): unknown => seen.push(runtime.replaying ? "replaying" : "live");
        note();
        await context.call("a", 0);
        note();
        await context.call("b", 0);
        note();
        return [runtime.kind, runtime.inline, runtime.wallClock];
      },
    });
    const report = await rehearse(watching, 0, { maxReplays: 1 });
    expect(report).toMatchObject({ result: ["rehearsal", false, false], problems: [] });
    // The run itself, one that is lost right after its end, and its recovery.
    const live = ["live", "live", "live", "ended"];
    expect(seen).toEqual([...live, ...live, "replaying", "replaying", "replaying", "ended"]);
  });

  it("has no listener of a step that is over on the signal of its branch", async () => {
    const counts: number[] = [];
    const steps = composite(async (_n, context) => {
      for (let index = 0; index < 3; index++) {
        counts.push(getEventListeners(context.runtime.signal, "abort").length);
        await context.call("a", index, index);
      }
    });
    await rehearse(steps, 0, { maxReplays: 1 });
    expect(new Set(counts).size).toBe(1);
  });

  it("has ended for a branch as soon as it is left behind", async () => {
    const seen: string[] = [];
    const watching = composite(async (_n, context) => {
      context.runtime.ended.addEventListener("abort", () => seen.push("ended"));
      await context.run(scripted("deaf", [{ returns: 1, afterMs: 500, ignoresAbort: true }]), 0);
    });
    const limited = timeout(watching, { timeoutMs: 50, graceMs: 20 });
    const served = fallback(limited, [async () => void seen.push("served")]);
    expect(await rehearse(served, 0, { maxReplays: 1 })).toMatchObject({ problems: [] });
    // The run, the process that is lost at its end, and its recovery, which does not run the step again.
    expect(seen).toEqual(["ended", "served", "ended", "ended"]);
  });

  it("never comes back to a frame of a lost process", async () => {
    const outcomes: string[] = [];
    const guarded = composite(async (_n, context) => {
      try {
        await context.call("a", 0);
        return "done";
      } finally {
        outcomes.push("finally");
      }
    });
    const { replays } = await rehearse(guarded, 0);
    expect(replays).toBe(3);
    // The run, its three recoveries, and the process that was lost after everything had happened.
    expect(outcomes).toHaveLength(1 + 3 + 1);
  });
});

describe("wrong options of a rehearsal", () => {
  it.each([
    [{ maxReplays: 0 }, "rehearse({ maxReplays })"],
    [{ timeoutMs: -1 }, "rehearse({ timeoutMs })"],
    [{ abort: { afterMs: -1 } }, "rehearse({ abort: { afterMs } })"],
  ])("are named: %j", async (options, name) => {
    await expect(rehearse(workflow("w", failing), 0, options)).rejects.toThrow(name);
  });
});
