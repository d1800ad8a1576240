import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRegistry, slot, workflow } from "@tta-dev/primitives";
import { afterEach, describe, expect, it } from "vitest";
import { availability, end, START_MS } from "./slo.fixture.ts";
import type { SloTracker } from "./slo-tracker.ts";
import { startSlos } from "./start-slos.ts";

afterEach(() => slot().slos.clear());

function start(options: unknown): SloTracker {
  return startSlos(options as Parameters<typeof startSlos>[0], {
    shared: { registry: createRegistry(), logListeners: new Set() },
    now: () => START_MS,
    report: () => undefined,
  });
}

describe("starting", () => {
  it("tracks the SLOs it is given and those of workflows, until it is shut down", async () => {
    workflow("w", () => 1, { slos: [availability("own")] });
    const tracker = start({ slos: [availability("given")] });
    expect(tracker.status().map(({ name }) => name)).toEqual(["own", "given"]);
    await tracker.shutdown();
    tracker.release();
    expect([...slot().slos.keys()]).toEqual(["own"]);
    expect(slot().runListeners.size).toBe(0);
  });

  it("keeps the counts in the file it is given", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slo-start-"));
    const options = { slos: [availability("s")], slo: { store: join(folder, "slo.json") } };
    const first = start(options);
    end();
    first.release();
    await first.shutdown();
    const second = start(options);
    await second.ready;
    expect(second.status()).toMatchObject([{ events: 1 }]);
    await second.shutdown();
    rmSync(folder, { recursive: true });
  });

  it.each<[unknown, string, typeof TypeError | typeof RangeError]>([
    [{ slos: 5 }, "initializeObservability({ slos }): expected an array, got 5", TypeError],
    [{ slos: [availability("a"), availability("a")] }, 'two SLOs are called "a"', RangeError],
    [{ slo: 5 }, "slo is 5; expected an object with onBurn, store and saveEveryMs", TypeError],
    [{ slo: { onBurn: "page" } }, "slo.onBurn is 'page'; expected a function", TypeError],
    [{ slo: { store: "" } }, "slo.store is ''; expected the path of a file or", TypeError],
    [{ slo: { store: { load: 5 } } }, "slo.store is { load: 5 }; expected", TypeError],
    [{ slo: { saveEveryMs: "5" } }, "slo.saveEveryMs is '5'; expected a whole number", TypeError],
    [{ slo: { saveEveryMs: 0 } }, "slo.saveEveryMs is 0; expected a whole number", RangeError],
  ])("refuses %j and starts nothing", (options, message, type) => {
    expect(() => start(options)).toThrow(message);
    expect(() => start(options)).toThrow(type);
    expect(slot().slos.size + slot().runListeners.size).toBe(0);
  });
});
