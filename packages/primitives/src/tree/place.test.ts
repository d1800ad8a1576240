import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditional } from "../composition/conditional.ts";
import { loop } from "../composition/loop.ts";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { definePrimitive, observe, step } from "../define.ts";
import { llm } from "../llm/llm.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { timeout } from "../recovery/timeout.ts";
import { delay } from "../waiting/delay.ts";
import { waitFor } from "../waiting/wait-for.ts";
import type { Primitive } from "../primitive.ts";
import type { WorkflowGraph } from "./describe.ts";

const search = async (value: number): Promise<number> => value;

/** Names and paths of a tree, root first. */
const drawn = (graph: WorkflowGraph): string[] => [
  `${graph.name} at ${graph.path}`,
  ...graph.children.flatMap((child) => drawn(child.graph)),
];

describe("a name", () => {
  it("is a function's own", () => {
    expect(drawn(sequential(search).named("s").describe())).toEqual([
      "s at s",
      "search at s/0:search",
    ]);
  });

  it("is what it was given before anything else", () => {
    const named = retry(step("find", search), { attempts: 2 }).named("robust");
    expect(drawn(named.describe())).toEqual(["robust at robust", "find at robust/attempt:find"]);
  });

  it.each([
    ["retry", retry(search, { attempts: 2 })],
    ["timeout", timeout(search, { timeoutMs: 5 })],
    ["fallback", fallback(search, [() => 1])],
    ["retry of a timeout", retry(timeout(search, { timeoutMs: 5 }), { attempts: 2 })],
  ])("of a wrapper is that of what it wraps: %s", (_type, wrapper) => {
    expect(wrapper.name).toBe("search");
  });

  it("of an unnamed composite is the workflow's and its path in it", () => {
    const answer = workflow(
      "answer-question",
      sequential(
        search,
        search,
        parallel({ docs: search, more: sequential((value: number) => value) }),
      ),
    );
    expect(drawn(answer.describe())).toEqual([
      "answer-question at answer-question",
      "answer-question at answer-question",
      "search at answer-question/0:search",
      "search at answer-question/1:search",
      "answer-question/2 at answer-question/2",
      "search at answer-question/2/docs:search",
      "answer-question/2/more at answer-question/2/more",
      "answer-question/2/more/0 at answer-question/2/more/0",
    ]);
  });

  it("of unnamed wrappers in two places is not the same", () => {
    const flaky = () =>
      retry(
        sequential((value: number) => value),
        { attempts: 2 },
      );
    const names = (graph: WorkflowGraph): string[] =>
      graph.children.flatMap((child) =>
        child.graph.type === "retry" ? [child.graph.name] : names(child.graph),
      );
    expect(
      names(workflow("w", sequential(flaky(), flaky(), parallel({ a: flaky() }))).describe()),
    ).toEqual(["w/0", "w/1", "w/2/a"]);
  });

  it("of one unnamed primitive in two places is not the same either", () => {
    const shared = parallel({ a: async (value: unknown) => value });
    const { children } = workflow("w", sequential(shared, shared)).describe().children[0]!.graph;
    expect(children.map(({ graph }) => graph.name)).toEqual(["w/0", "w/1"]);
  });

  it("of an unnamed wrapper is shared with the unnamed thing in it", () => {
    const graph = workflow(
      "w",
      sequential(
        timeout(
          sequential((value: number) => value),
          { timeoutMs: 5 },
        ),
      ),
    ).describe();
    expect(drawn(graph).slice(2)).toEqual(["w/0 at w/0", "w/0 at w/0/body", "w/0/0 at w/0/body/0"]);
  });

  it("of an inner workflow begins anew", () => {
    const inner = workflow("inner", sequential(parallel({ a: (value: number) => value })));
    const names = drawn(workflow("outer", sequential(inner)).describe()).map(
      (line) => line.split(" ")[0],
    );
    expect(names).toEqual(["outer", "outer", "inner", "inner", "inner/0", "a"]);
  });

  it("without a workflow is the type and the path below it", () => {
    expect(drawn(sequential(sequential((value: number) => value)).describe())).toEqual([
      "sequential at sequential",
      "sequential/0 at sequential/0",
      "sequential/0/0 at sequential/0/0",
    ]);
  });
});

describe("a path", () => {
  it("says key and name, in every primitive", () => {
    const steps: readonly unknown[] = [
      conditional(() => true, search, parallel({ docs: search })),
      map(search),
      loop(search, { while: () => false, maxIterations: 1 }),
      saga({ name: "pay", execute: search, compensate: () => 1 }),
      delay(1),
      waitFor("approval", { onTimeout: search }),
      llm({ provider: "p", model: "gpt-x", call: search }),
      observe(parallel([search]), { name: "seen" }),
    ];
    const all = (steps as readonly Primitive<unknown, unknown>[]).reduce((before, next) =>
      before.pipe(next),
    );
    const everything = workflow("onboard", all.named("steps"));
    expect(drawn(everything.describe()).map((line) => line.split(" at ")[1])).toEqual([
      "onboard",
      "onboard/steps",
      "onboard/steps/0",
      "onboard/steps/0/then:search",
      "onboard/steps/0/else",
      "onboard/steps/0/else/docs:search",
      "onboard/steps/1",
      "onboard/steps/1/item:search",
      "onboard/steps/2",
      "onboard/steps/2/iteration:search",
      "onboard/steps/3",
      "onboard/steps/3/0:pay",
      "onboard/steps/3/compensate_0:compensate pay",
      "onboard/steps/4",
      "onboard/steps/5:approval",
      "onboard/steps/5:approval/on_timeout:search",
      "onboard/steps/6:gpt-x",
      "onboard/steps/7:seen",
      "onboard/steps/7:seen/body",
      "onboard/steps/7:seen/body/0:search",
    ]);
  });

  it("numbers attempts, items and iterations, below which it goes on", async () => {
    const paths: string[] = [];
    const note = (value: number, { path }: WorkflowContext): number => {
      paths.push(path);
      return value;
    };
    const items = map(retry(sequential(note), { attempts: 2 }));
    await workflow("w", items).execute([5, 6]);
    expect(paths).toEqual(["w/item.0/attempt.1/0:note", "w/item.1/attempt.1/0:note"]);
  });

  it("is the same in the description and in the run", async () => {
    const seen: string[] = [];
    const note = (value: number, { path }: WorkflowContext): number => {
      seen.push(path);
      return value;
    };
    const run = workflow(
      "w",
      sequential(note, parallel({ a: note, b: timeout(note, { timeoutMs: 1_000 }) })),
    );
    await run.execute(1);
    const paths = drawn(run.describe()).map((line) => line.split(" at ")[1]);
    expect(seen.every((path) => paths.includes(path))).toBe(true);
    expect(seen).toHaveLength(3);
  });

  it("percent-encodes what would read as a path", () => {
    const graph = workflow("a/b:c.d%e", parallel({ "x/y": step("1.5", search) })).describe();
    expect(drawn(graph)).toEqual([
      "a/b:c.d%e at a%2Fb%3Ac%2Ed%25e",
      "a/b:c.d%e at a%2Fb%3Ac%2Ed%25e",
      "1.5 at a%2Fb%3Ac%2Ed%25e/x%2Fy:1%2E5",
    ]);
  });

  it("has a segment for every key, whatever the names hold", () => {
    const name = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(name, name, name, (outer, key, inner) => {
        const graph = workflow(outer, parallel({ [key]: step(inner, search) })).describe();
        const { path } = graph.children[0]!.graph.children[0]!.graph;
        const segments = path
          .split("/")
          .map((segment) => segment.split(":").map(decodeURIComponentLeniently));
        expect(segments).toEqual([[outer], [key, inner]]);
      }),
    );
  });
});

/** Undoes the encoding of a path, which leaves everything alone that is no path syntax. */
function decodeURIComponentLeniently(text: string): string {
  return text.replaceAll(/%(2F|3A|2E|25)/g, (_all, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

it("a composite of one's own is called after its type and place, its children by their keys", () => {
  const own = definePrimitive({ type: "own", children: { one: search }, run: () => 1 });
  expect(drawn(workflow("w", sequential(own)).describe()).slice(2)).toEqual([
    "w/0 at w/0",
    "search at w/0/one:search",
  ]);
});
