import { beforeEach, describe, expect, it } from "vitest";
import { sequential } from "./composition/sequential.ts";
import { workflow } from "./composition/workflow.ts";
import type { WorkflowContext } from "./context.ts";
import { definePrimitive, observe, step } from "./define.ts";
import { createRegistry, type Registry } from "./metrics/registry.ts";
import { slot } from "./slot.ts";
import { virtualRuntime } from "./testing/virtual-runtime.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const add = async (value: number): Promise<number> => value + 1;

const executions = (name: string, type: string): number =>
  registry.counter("primitive.execution.count").bind({
    primitive_name: name,
    primitive_type: type,
    workflow_name: undefined,
    agent_type: undefined,
    status: "success",
    error_type: undefined,
  }).value;

describe("step", () => {
  it("names a function", async () => {
    const named = step("increment", add);
    expect([named.name, named.type]).toEqual(["increment", "step"]);
    expect(await named.execute(1)).toBe(2);
    expect(executions("increment", "step")).toBe(1);
  });

  it("says what may be done with it", () => {
    expect(step("a", add, { idempotent: true, sideEffects: false }).describe().options).toEqual({
      idempotent: true,
      sideEffects: false,
    });
    expect(step("a", add).describe().options).toEqual({});
  });

  it("gives the function its input and the context, and nothing else", async () => {
    const given: unknown[] = [];
    await step("a", (...args: readonly unknown[]) => given.push(...args)).execute(5);
    expect(given).toHaveLength(2);
    expect(given[0]).toBe(5);
    expect((given[1] as WorkflowContext).path).toBe("a");
  });
});

describe("a primitive of one's own", () => {
  it("without children is one step of its type", async () => {
    const own = definePrimitive({ type: "processor", name: "mine", run: add });
    expect([own.type, own.name, own.describe().leaf]).toEqual(["processor", "mine", true]);
    expect(await own.execute(1)).toBe(2);
    expect(executions("mine", "processor")).toBe(1);
  });

  it("calls its children by key", async () => {
    const twice = definePrimitive({
      type: "twice",
      children: { body: add },
      run: async (value: number, context) => {
        const once = await context.call<number>("body", value, 1);
        return context.call<number>("body", once, 2);
      },
    });
    expect(await twice.execute(1)).toBe(3);
    expect(twice.describe()).toMatchObject({
      leaf: false,
      children: [{ key: "body", span: "primitive.twice.body" }],
    });
  });

  it("may have an input of undefined and children of any kind", async () => {
    const own = definePrimitive({
      type: "own",
      children: { sum: sequential(add, add) },
      run: (_input: undefined, context) => context.call<number>("sum", 5),
    });
    expect(await own.execute(undefined)).toBe(7);
  });

  it("gives every call of a child a path by its index", async () => {
    const paths: string[] = [];
    const own = definePrimitive({
      type: "own",
      name: "o",
      children: { body: (_input: number, { path }: WorkflowContext) => void paths.push(path) },
      run: async (_input: number, context) => {
        await context.call("body", 0);
        await context.call("body", 0, 7);
        await context.call("body", 0, -1);
      },
    });
    await own.execute(0);
    expect(paths).toEqual(["o/body:body", "o/body.7:body", "o/body:body"]);
  });

  it("is told which children there are when it calls one that is none", async () => {
    const own = definePrimitive({
      type: "own",
      name: "o",
      children: { a: add, b: add },
      run: (_input: number, context) => context.call("c", 0),
    });
    await expect(own.execute(0)).rejects.toThrow(
      new TypeError('call: "o" declares no child "c" (a, b)'),
    );
    const leaf = definePrimitive({
      type: "own",
      name: "o",
      run: (_input: number, context) => context.call("c", 0),
    });
    await expect(leaf.execute(0)).rejects.toThrow('call: "o" declares no child "c" (it has none)');
  });

  it("may run any step in place", async () => {
    const own = definePrimitive({
      type: "own",
      name: "o",
      run: (value: number, context) =>
        context.run(
          sequential(add, (sum, { path }) => [sum, path]),
          value,
        ),
    });
    expect(await own.execute(1)).toEqual([2, "o/sequential/1"]);
    const wrong = definePrimitive({
      type: "own",
      run: (_value: number, context) => context.run(5 as never, 1),
    });
    await expect(wrong.execute(1)).rejects.toThrow(
      "context.run(step): expected a primitive or a function, got number",
    );
  });

  it("runs children at once with fork", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const nap = async (ms: number, context: WorkflowContext): Promise<number> => {
      await context.sleep("nap", ms);
      return ms;
    };
    const own = definePrimitive({
      type: "own",
      children: { nap },
      run: async (_input: number, context) =>
        context.fork(
          [
            { child: "nap", input: 50, index: 0 },
            { child: "nap", input: 20, index: 1 },
          ],
          { until: "all" },
        ),
    });
    expect(await virtual.execute(own, 0)).toMatchObject({ reason: "done", order: [1, 0] });
    expect(virtual.nowMs - began).toBe(50);
  });

  it("is told when it forks a child that is none", async () => {
    const own = definePrimitive({
      type: "own",
      name: "o",
      children: { a: add },
      run: (_input: number, context) => context.fork([{ child: "b", input: 0 }], { until: "all" }),
    });
    await expect(own.execute(0)).rejects.toThrow('fork: "o" declares no child "b"');
  });

  it("may fork nothing", async () => {
    const own = definePrimitive({
      type: "own",
      children: { a: add },
      run: (_input: number, context) => context.fork([], { until: "all" }),
    });
    expect(await own.execute(0)).toEqual({ reason: "done", outcomes: [], order: [] });
  });

  it("waits and decides through its context", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const own = definePrimitive({
      type: "own",
      children: { add },
      run: async (value: number, context) => {
        await context.sleep("nap", 60_000);
        return context.decide("coin", (inner) => `${value} ${inner.path}`);
      },
    });
    expect(await virtual.execute(own.named("o"), 5)).toBe("5 o");
    expect(virtual.nowMs - began).toBe(60_000);
  });

  it("may execute primitives inside a decision", async () => {
    const own = definePrimitive({
      type: "own",
      children: { add },
      run: async (value: number, context) =>
        context.decide("sum", async (inner) => sequential(add, add).execute(value, inner)),
    });
    expect(await own.execute(1)).toBe(3);
  });
});

describe("observe", () => {
  it("gives a function a name, a type and series of its own", async () => {
    const lookup = observe(add, { name: "crm-lookup", type: "crm" });
    expect([lookup.name, lookup.type]).toEqual(["crm-lookup", "crm"]);
    expect(await lookup.execute(1)).toBe(2);
    expect(executions("crm-lookup", "crm")).toBe(1);
    expect(observe(add, { name: "x" }).type).toBe("observe");
  });

  it("keeps what was said about a step", () => {
    const lookup = observe(step("a", add, { idempotent: true }), { name: "crm" });
    expect(lookup.describe()).toMatchObject({ leaf: true, options: { idempotent: true } });
  });

  it("stands around any other primitive, which keeps its own series", async () => {
    const seen = observe(sequential(add, add).named("inner"), { name: "outer" });
    expect(await seen.execute(1)).toBe(3);
    expect([executions("outer", "observe"), executions("inner", "sequential")]).toEqual([1, 1]);
    expect(seen.describe().children).toHaveLength(1);
  });

  it("passes on what the step throws", async () => {
    const error = new Error("no");
    await expect(observe(() => Promise.reject(error), { name: "x" }).execute(0)).rejects.toBe(
      error,
    );
  });

  it("works inside a workflow", async () => {
    expect(await workflow("w", sequential(observe(add, { name: "x" }))).execute(1)).toBe(2);
  });
});
