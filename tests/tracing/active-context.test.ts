import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import {
  conditional,
  currentContext,
  map,
  parallel,
  retry,
  saga,
  sequential,
  step,
  timeout,
  workflow,
  type WorkflowContext,
} from "@tta-dev/primitives";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { drawTree, tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();
afterEach(() => {
  trace.disable();
  context.disable();
});

const tracer = () => trace.getTracer("user");

describe("with a context manager", () => {
  it("the active span is the step's, after awaits and in timers too", async () => {
    const { finishedSpans } = start();
    const seen = new Set<string | undefined>();
    const note = (): unknown => seen.add(trace.getActiveSpan()?.spanContext().spanId);
    await workflow(
      "w",
      sequential(async () => {
        note();
        await turn();
        note();
        await new Promise((resolve) => {
          setTimeout(() => resolve(note()), 1);
        });
        await Promise.all([1, 2].map(async () => turn().then(note)));
      }),
    ).execute(0);
    const own = finishedSpans().find(({ name }) => name === "primitive.sequential.step_0")!;
    expect([...seen]).toEqual([own.spanId]);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it("spans of the step's own code hang below the step, in every kind of step", async () => {
    const { finishedSpans } = start();
    const work = (name: string) => async (): Promise<string> => {
      await turn();
      tracer().startSpan(`by ${name}`).end();
      return name;
    };
    await workflow(
      "w",
      sequential(
        parallel({ a: work("branch") }),
        conditional(async () => (await work("predicate")()) !== "", work("chosen")),
        timeout(retry(work("attempt"), { attempts: 2 }), { timeoutMs: 1_000 }),
        () => [1],
        map(work("item")),
        saga(
          { name: "one", execute: work("saga"), compensate: work("compensation") },
          { name: "two", execute: () => Promise.reject(new Error("no")) },
        ),
      ),
    )
      .execute(0)
      .catch(() => undefined);
    const byId = new Map(finishedSpans().map((span) => [span.spanId, span.name]));
    const parents = Object.fromEntries(
      finishedSpans()
        .filter(({ name }) => name.startsWith("by "))
        .map(({ name, parentSpanId }) => [name.slice(3), byId.get(parentSpanId!)]),
    );
    expect(parents).toEqual({
      branch: "primitive.parallel.branch_a",
      predicate: "primitive.conditional.execute",
      chosen: "primitive.conditional.branch_then",
      attempt: "primitive.retry.attempt",
      item: "primitive.map.item",
      saga: "primitive.saga.step_0",
      compensation: "primitive.saga.compensate_0",
    });
  });

  it("a run begins below the span that is active where it is executed", async () => {
    const { finishedSpans } = start();
    await tracer().startActiveSpan("request", async (span) => {
      await workflow(
        "w",
        step("work", () => 1),
      ).execute(0);
      span.end();
    });
    expect(drawTree(finishedSpans())).toBe(
      ["request", "  primitive.workflow.execute", "    primitive.step.execute"].join("\n"),
    );
  });

  it("a nested execution hangs below the span that the step's code has made active", async () => {
    const { finishedSpans } = start();
    const inner = sequential(() => 1);
    const nested = (init?: { readonly agentType: string }) => async (): Promise<void> =>
      tracer().startActiveSpan("of the user", async (span) => {
        await turn();
        await inner.execute(0, init);
        span.end();
      });
    await workflow("w", sequential(nested(), nested({ agentType: "helper" }))).execute(0);
    const below = [
      "      of the user",
      "        primitive.sequential.execute",
      "          primitive.sequential.step_0",
    ];
    expect(drawTree(finishedSpans())).toBe(
      [
        "primitive.workflow.execute",
        "  primitive.sequential.execute",
        "    primitive.sequential.step_0",
        ...below,
        "    primitive.sequential.step_1",
        ...below,
      ].join("\n"),
    );
  });

  it("a call of a composite of one's own hangs below the span that its code has made active", async () => {
    const { finishedSpans } = start();
    const { definePrimitive } = await import("@tta-dev/primitives");
    const own = definePrimitive({
      type: "own",
      children: { body: () => 1 },
      run: (_input: number, inner) =>
        tracer().startActiveSpan("of the user", async (span) => {
          await inner.call("body", 0);
          span.end();
        }),
    });
    await own.execute(0);
    expect(drawTree(finishedSpans())).toBe(
      ["primitive.own.execute", "  of the user", "    primitive.own.body"].join("\n"),
    );
  });

  it("values that the caller put into the context are seen in every step", async () => {
    start();
    const key = Symbol("tenant");
    const baggage = propagation.createBaggage({ tenant: { value: "acme" } });
    const seen = await context.with(
      propagation.setBaggage(context.active().setValue(key, "acme"), baggage),
      () =>
        workflow(
          "w",
          sequential(
            parallel({
              a: () => [
                context.active().getValue(key),
                propagation.getActiveBaggage()?.getEntry("tenant")?.value,
              ],
            }),
          ),
        ).execute(0),
    );
    expect(seen).toEqual({ a: ["acme", "acme"] });
  });

  it("values can be put into a step's context, and taken out again", async () => {
    start();
    const key = Symbol("mine");
    const seen = await workflow("w", () => {
      const own = context.active();
      const more = own.setValue(key, 1).setValue(key, 2);
      const less = more.deleteValue(key);
      return [own, more, less].map((one) => [
        one.getValue(key),
        context.with(one, () => currentContext()?.path),
        trace.getSpan(one) !== undefined,
      ]);
    }).execute(0);
    expect(seen).toEqual([
      [undefined, "w", true],
      [2, "w", true],
      [undefined, "w", true],
    ]);
  });

  it("a step's span can be taken out of the context", async () => {
    start();
    const seen = await workflow("w", () =>
      trace.getSpan(trace.deleteSpan(context.active())),
    ).execute(0);
    expect(seen).toBeUndefined();
  });

  it("code that leaves the run leaves its context", async () => {
    start();
    const outside = await workflow("w", () =>
      context.with(ROOT_CONTEXT, () => [trace.getActiveSpan(), currentContext()]),
    ).execute(0);
    expect(outside).toEqual([undefined, undefined]);
  });

  it("primitives that a step passes on to code outside are a run of their own there", async () => {
    const { finishedSpans } = start();
    const later = await workflow("w", () =>
      step("late", () => currentContext()?.workflowId),
    ).execute(0);
    expect(await later.execute(0, { workflowId: "late run" })).toBe("late run");
    expect(new Set(finishedSpans().map(({ traceId }) => traceId)).size).toBe(2);
  });
});

describe("without a context manager", () => {
  const nested = workflow(
    "w",
    sequential(
      step("a", async () => {
        await turn();
        return currentContext()?.path;
      }),
      parallel({
        b: async (_input: unknown) => {
          await turn();
          return sequential((_nothing: unknown, { path }: WorkflowContext) => path).execute(0);
        },
        c: async () => {
          await turn();
          return currentContext()?.path;
        },
      }),
    ),
  );

  it("each step still finds its own context, and nested executions belong to the run", async () => {
    expect(await nested.execute(0)).toEqual({
      b: "w/1/b:b/sequential/0",
      c: "w/1/c:c",
    });
    expect(currentContext()).toBeUndefined();
  });

  it("the spans of a provider are one trace all the same", async () => {
    const { finishedSpans, provider, unbalancedSpans } = start({ global: false });
    trace.setGlobalTracerProvider(provider);
    await nested.execute(0);
    expect(drawTree(finishedSpans())).toBe(
      [
        "primitive.workflow.execute",
        "  primitive.sequential.execute",
        "    primitive.sequential.step_0",
        "    primitive.sequential.step_1",
        "      primitive.parallel.execute",
        "        primitive.parallel.branch_b",
        "          primitive.sequential.execute",
        "            primitive.sequential.step_0",
        "        primitive.parallel.branch_c",
      ].join("\n"),
    );
    expect(unbalancedSpans()).toEqual([]);
  });

  it("a manager that comes later is used from then on", async () => {
    const ids = (): Promise<unknown> =>
      workflow("w", async () => {
        await turn();
        return [currentContext()?.path, trace.getActiveSpan() !== undefined];
      }).execute(0);
    expect(await ids()).toEqual(["w", false]);
    start();
    expect(await ids()).toEqual(["w", true]);
  });
});

describe("a sampler that keeps nothing", () => {
  it.each(["always_off", "parentbased_always_off"] as const)(
    "leaves context and results alone: %s",
    async (sampler) => {
      const { finishedSpans } = start({ sampler });
      const run = workflow(
        "w",
        sequential(async () => {
          await turn();
          return [currentContext()?.path, trace.getActiveSpan()?.isRecording()];
        }),
      );
      expect(await run.execute(0)).toEqual(["w/0", false]);
      expect(finishedSpans()).toEqual([]);
    },
  );
});
