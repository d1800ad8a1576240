import { beforeEach, describe, expect, it } from "vitest";
import type { ContextInit, WorkflowContext } from "../context.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { parallel } from "./parallel.ts";
import { sequential } from "./sequential.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { workflow } from "./workflow.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

interface Question {
  readonly text: string;
}

/** As a schema library would make it: trims the text, and refuses what has none. */
const question: StandardSchema<unknown, Question> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => {
      const text = (value as Partial<Question> | null)?.text;
      return typeof text === "string"
        ? { value: { text: text.trim() } }
        : { issues: [{ message: "expected a string", path: ["text"] }] };
    },
  },
};

const fieldsOf = (_input: unknown, context: WorkflowContext): ContextInit => ({
  workflowId: context.workflowId,
  workflowName: context.workflowName,
  agentType: context.agentType,
  correlationId: context.correlationId,
  tags: context.tags,
});

describe("a workflow", () => {
  it("runs its step, under its name and an id of its own", async () => {
    const run = workflow("answer", fieldsOf);
    const [one, other] = [await run.execute(0), await run.execute(0)];
    expect(one.workflowName).toBe("answer");
    expect(one.workflowId).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    expect(other.workflowId).not.toBe(one.workflowId);
  });

  it("has the id that its caller gives", async () => {
    expect(await workflow("answer", fieldsOf).execute(0, { workflowId: "run-1" })).toMatchObject({
      workflowId: "run-1",
    });
  });

  it("goes by its own name, whatever its caller calls it", async () => {
    const result = await workflow("answer", fieldsOf).execute(0, { workflowName: "other" });
    expect(result.workflowName).toBe("answer");
    expect((await workflow("answer", fieldsOf).named("renamed").execute(0)).workflowName).toBe(
      "renamed",
    );
  });

  it("is called on behalf of nobody: no connection leads to it", async () => {
    await workflow("answer", fieldsOf).execute(0);
    const metric = registry
      .snapshot()
      .metrics.find(({ name }) => name === "primitive.connection.count");
    expect(metric?.series.map(({ labelValues }) => labelValues)).toEqual([
      ["answer", "fieldsOf", "workflow"],
    ]);
  });

  it("counts its runs under way by agent and name", async () => {
    const active = registry
      .upDown("agent.workflows.active")
      .bind({ agent_type: "coordinator", workflow_name: "answer" });
    const seen = await workflow("answer", () => active.value).execute(0, {
      agentType: "coordinator",
    });
    expect([seen, active.value]).toEqual([1, 0]);
  });

  it("binds the series of all its places when it is built, with 0", () => {
    workflow(
      "answer",
      sequential(
        function validate(value: number) {
          return value;
        },
        parallel({ docs: () => 1 }),
      ),
      { context: { agentType: "coordinator" } },
    );
    const metric = registry
      .snapshot()
      .metrics.find(({ name }) => name === "primitive.execution.count");
    expect(
      metric?.series.map(({ labelValues, ...rest }) => [...labelValues.slice(0, 5), rest]),
    ).toEqual(
      [
        ["answer", "workflow"],
        ["answer", "sequential"],
        ["validate", "step"],
        ["answer/1", "parallel"],
        ["docs", "step"],
      ].map((names) => [...names, "answer", "coordinator", "success", { value: 0 }]),
    );
  });
});

describe("the input schema of a workflow", () => {
  it("gives the step what it makes of the input", async () => {
    const answer = workflow("answer", (given: Question) => given.text, { input: question });
    expect(await answer.execute({ text: " why? " })).toBe("why?");
  });

  it("refuses a wrong input before the first step, and says what is wrong and where", async () => {
    let ran = 0;
    const answer = workflow("answer", (_given: Question) => ran++, { input: question });
    const error: unknown = await answer.execute(null as never).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: "InvalidInputError",
      code: "INVALID_INPUT",
      message: 'the input of workflow "answer" was refused: text: expected a string',
      issues: [{ message: "expected a string", path: ["text"] }],
    });
    expect(ran).toBe(0);
  });

  it("may be asynchronous", async () => {
    const later: StandardSchema<unknown, number> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value) => ({ value: Number(value) }),
      },
    };
    expect(
      await workflow("w", (value: number) => value + 1, { input: later }).execute("1" as never),
    ).toBe(2);
  });

  it("is said to be there in the description", () => {
    expect(workflow("w", fieldsOf, { input: question }).describe().options).toEqual({
      hasInputSchema: true,
    });
  });
});

describe("the context of a workflow", () => {
  const context = { agentType: "coordinator", correlationId: "default", tags: { team: "a" } };

  it("holds where the caller says nothing else", async () => {
    const run = workflow("w", fieldsOf, { context });
    expect(await run.execute(0)).toMatchObject(context);
    expect(await run.execute(0, { correlationId: "given" })).toMatchObject({
      agentType: "coordinator",
      correlationId: "given",
      tags: { team: "a" },
    });
  });

  it("holds where the caller hands on a field that it does not have itself", async () => {
    const run = workflow("w", fieldsOf, { context });
    expect(await run.execute(0, { agentType: undefined, userId: "u" })).toMatchObject({
      agentType: "coordinator",
    });
  });

  it("does not change the caller's object", async () => {
    const init = Object.freeze({ correlationId: "given" });
    await workflow("w", fieldsOf, { context }).execute(0, init);
    expect(init).toEqual({ correlationId: "given" });
  });
});

describe("a workflow inside a workflow", () => {
  const inner = workflow("inner", sequential(fieldsOf), { context: { agentType: "helper" } });

  it("is part of the outer run: its id stays, its name and defaults hold below it", async () => {
    const outer = workflow(
      "outer",
      sequential(inner, (fields, context) => [fields, fieldsOf(0, context)]),
    );
    const given = { workflowId: "run-1", agentType: "boss", correlationId: "c" };
    expect(await outer.execute(0, given)).toMatchObject([
      { workflowId: "run-1", workflowName: "inner", agentType: "helper", correlationId: "c" },
      { workflowId: "run-1", workflowName: "outer", agentType: "boss", correlationId: "c" },
    ]);
  });

  it("has its name below it without defaults of its own too", async () => {
    const plain = workflow("plain", fieldsOf);
    const outer = workflow("outer", sequential(plain));
    expect(await outer.execute(0)).toMatchObject({ workflowName: "plain" });
  });

  it("is part of the outer run when a function executes it", async () => {
    const outer = workflow("outer", async () => inner.execute(0));
    expect(await outer.execute(0, { workflowId: "run-1", agentType: "boss" })).toMatchObject({
      workflowId: "run-1",
      workflowName: "inner",
      agentType: "helper",
    });
  });

  it("names what is unnamed in it after itself", () => {
    const graph = workflow(
      "outer",
      sequential(sequential(workflow("inner", parallel([fieldsOf])))),
    ).describe();
    const names = (of: typeof graph): string[] => [
      of.name,
      ...of.children.flatMap(({ graph: child }) => names(child)),
    ];
    expect(names(graph)).toEqual(["outer", "outer", "outer/0", "inner", "inner", "fieldsOf"]);
  });

  it("counts as one of the runs under way of its own name", async () => {
    const active = registry
      .upDown("agent.workflows.active")
      .bind({ agent_type: undefined, workflow_name: "nested" });
    const outer = workflow("outer", sequential(workflow("nested", () => active.value)));
    expect([await outer.execute(0), active.value]).toEqual([1, 0]);
  });

  it("counts its executions under its own name", async () => {
    await workflow("outer", sequential(workflow("nested", sequential(fieldsOf)))).execute(0);
    const counted = registry.counter("primitive.execution.count").bind({
      primitive_name: "fieldsOf",
      primitive_type: "step",
      workflow_name: "nested",
      agent_type: undefined,
      status: "success",
      error_type: undefined,
    });
    expect(counted.value).toBe(1);
  });
});

describe("a wrong workflow", () => {
  const step = (): number => 1;
  it.each<[string, readonly unknown[], Error]>([
    [
      "name",
      ["", step],
      new TypeError(
        'workflow(name): expected a non-empty string of at most 200 characters, got ""',
      ),
    ],
    [
      "name",
      [5, step],
      new TypeError("workflow(name): expected a non-empty string of at most 200 characters, got 5"),
    ],
    [
      "step",
      ["w", undefined],
      new TypeError('workflow("w"): step: expected a primitive or a function, got undefined'),
    ],
    [
      "options",
      ["w", step, null],
      new TypeError('workflow("w", step, options): expected an options object, got null'),
    ],
    [
      "schema",
      ["w", step, { input: {} }],
      new TypeError(
        'workflow("w", { input }): expected a Standard Schema, got a value of type object',
      ),
    ],
    [
      "schema",
      ["w", step, { input: null }],
      new TypeError('workflow("w", { input }): expected a Standard Schema, got null'),
    ],
    [
      "context",
      ["w", step, { context: "c" }],
      new TypeError('workflow("w", { context }): expected an options object, got "c"'),
    ],
    [
      "SLOs",
      ["w", step, { slos: {} }],
      new TypeError('workflow("w", { slos }): expected an array, got a value of type object'),
    ],
  ])("is refused for its %s", (_what, args, error) => {
    expect(() => (workflow as (...args: readonly unknown[]) => unknown)(...args)).toThrow(error);
  });

  it("may have any function with a schema's mark for a schema: some libraries' are functions", () => {
    const callable = Object.assign(() => 1, question);
    expect(
      workflow("w", step as (input: Question) => number, { input: callable }).describe().options,
    ).toEqual({
      hasInputSchema: true,
    });
  });
});
