import * as main from "@tta-dev/primitives";
import { afterEach, describe, expect, it, vi } from "vitest";
import { completeSlot } from "./complete-slot.ts";
import * as core from "./core.ts";

import { defineSlo } from "./slo/define-slo.ts";
import type { Slo } from "./slo/slo.ts";
import { slot } from "./slot.ts";

const { workflow } = core;

/** As in a process where nothing but the core was loaded. */
function emptySlot(): void {
  vi.stubGlobal(Symbol.for("tta.dev/1"), undefined);
  vi.stubGlobal(Symbol.for("tta.dev/1/extras"), undefined);
}

afterEach(() => vi.unstubAllGlobals());

function executions(): readonly number[] {
  const { metrics } = slot().registry.snapshot();
  const metric = metrics.find(({ name }) => name === "primitive.execution.count");
  return metric?.kind === "counter" ? metric.series.map(({ value }) => value) : [];
}

describe("the core entry", () => {
  it("has nothing that the main entry has not, and the same of everything", () => {
    expect(main).toMatchObject(core);
    expect(Object.keys(core).length).toBeGreaterThan(10);
  });

  it("runs a workflow and keeps no metrics while nobody could read them", async () => {
    emptySlot();
    const answer = workflow(
      "answer",
      core.retry((x: number) => x + 1, { attempts: 2 }),
    );
    await expect(answer.execute(1)).resolves.toBe(2);
    expect(slot().registry.snapshot().metrics).toEqual([]);
  });

  it("counts the runs of a workflow made before the main entry was loaded, from then on", async () => {
    emptySlot();
    const answer = workflow("answer", (x: number) => x + 1);
    await answer.execute(1);
    completeSlot();
    await answer.execute(1);
    expect(executions()).toEqual([1, 1]);
  });

  it("takes SLOs without the main entry", () => {
    emptySlot();
    const slo = defineSlo({ name: "up", objective: 0.9, indicator: { kind: "availability" } });
    workflow("answer", () => 1, { slos: [slo] });
    expect(slot().slos.get("up")?.slo.workflow).toBe("answer");
  });

  it("says what SLOs have to be where nothing was loaded that makes any", () => {
    emptySlot();
    const slos = "up" as unknown as readonly Slo[];
    expect(() => workflow("answer", () => 1, { slos })).toThrow(
      'workflow("answer", { slos }): expected what defineSlo() returns, got "up"',
    );
  });
});

describe("completing the slot", () => {
  it("holds for a slot that a test began anew", async () => {
    emptySlot();
    completeSlot();
    vi.stubGlobal(Symbol.for("tta.dev/1"), undefined);
    await workflow("answer", (x: number) => x + 1).execute(1);
    expect(executions()).toEqual([1, 1]);
  });

  it("keeps a registry that records", () => {
    emptySlot();
    completeSlot();
    const { registry } = slot();
    completeSlot();
    expect(slot().registry).toBe(registry);
  });
});
