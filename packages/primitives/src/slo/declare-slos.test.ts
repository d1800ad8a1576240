import { afterEach, describe, expect, it } from "vitest";
import { workflow } from "../composition/workflow.ts";
import { defineConfig } from "../config.ts";
import { slot } from "../slot.ts";
import { checkSlos, declareSlos, onSlo } from "./declare-slos.ts";
import { defineSlo } from "./define-slo.ts";
import type { Slo, SloOptions } from "./slo.ts";

const step = (value: number): number => value;

function slo(name: string, more: Partial<SloOptions> = {}): Slo {
  return defineSlo({ name, objective: 0.99, indicator: { kind: "availability" }, ...more });
}

afterEach(() => {
  slot().slos.clear();
  slot().sloListeners.clear();
});

describe("the SLOs of a workflow", () => {
  it("are about that workflow unless they name another", () => {
    const answer = workflow("answer", step, {
      slos: [slo("own"), slo("other", { workflow: "draft" })],
    });
    expect(answer.describe().options["slos"]).toMatchObject([
      { name: "own", workflow: "answer" },
      { name: "other", workflow: "draft" },
    ]);
    expect([...slot().slos.values()].map(({ slo: { workflow: about } }) => about)).toEqual([
      "answer",
      "draft",
    ]);
  });

  it("are known to whoever listens, whether they were declared before or after", () => {
    const heard: string[] = [];
    workflow("before", step, { slos: [slo("a")] });
    const stop = onSlo(({ name }) => heard.push(name));
    workflow("after", step, { slos: [slo("b")] });
    stop();
    workflow("late", step, { slos: [slo("c")] });
    expect(heard).toEqual(["a", "b"]);
  });

  it("may be declared again with the workflow, as where a function makes it", () => {
    const heard: string[] = [];
    onSlo(({ name }) => heard.push(name));
    const make = (): unknown => workflow("answer", step, { slos: [slo("a")] });
    make();
    make();
    expect(heard).toEqual(["a"]);
  });
});

describe("two SLOs of one name", () => {
  it("are refused in one workflow", () => {
    expect(() => workflow("answer", step, { slos: [slo("a"), slo("a")] })).toThrow(
      'workflow("answer", { slos }): two SLOs are called "a", one of 0.99 for the workflow "answer" and one of 0.99 for the workflow "answer"',
    );
  });

  it("are refused in two workflows, and the first stands", () => {
    workflow("one", step, { slos: [slo("a")] });
    const again = (): unknown => workflow("two", step, { slos: [slo("b"), slo("a")] });
    expect(again).toThrow(RangeError);
    expect(again).toThrow('for the workflow "one" and one of 0.99 for the workflow "two"');
    expect([...slot().slos.keys()]).toEqual(["a"]);
  });

  it("are refused where they differ in anything", () => {
    workflow("one", step, { slos: [slo("a")] });
    expect(() => workflow("one", step, { slos: [slo("a", { objective: 0.9 })] })).toThrow(
      RangeError,
    );
    expect(() => declareSlos([slo("a")], "slos")).toThrow("for every run");
  });

  it("are refused in a configuration, which may name a workflow's own again", () => {
    const answered = slo("a");
    const workflows = [workflow("answer", step, { slos: [answered] })];
    expect(() => defineConfig({ workflows, slos: [answered] })).not.toThrow();
    expect(() => defineConfig({ workflows, slos: [slo("a", { minEvents: 1 })] })).toThrow(
      'defineConfig({ slos }): two SLOs are called "a"',
    );
    expect(() => defineConfig({ workflows, slos: [slo("b"), slo("b")] })).toThrow(RangeError);
  });
});

describe("declared SLOs", () => {
  it("are taken back once nobody declares them any more", () => {
    const takeBack = declareSlos([slo("a"), slo("b", { workflow: "w" })], "slos");
    workflow("w", step, { slos: [slo("b")] });
    takeBack();
    takeBack();
    expect([...slot().slos.keys()]).toEqual(["b"]);
  });

  it.each([
    [5, "slos: expected an array, got 5"],
    [[{}], "slos: expected what defineSlo() returns at index 0, got a value of type object"],
    [[slo("a"), null], "slos: expected what defineSlo() returns at index 1, got null"],
  ])("are refused when they are none: %j", (given, message) => {
    expect(() => checkSlos(given, "slos")).toThrow(message);
  });
});
