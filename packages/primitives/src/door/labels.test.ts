import { describe, expect, it } from "vitest";
import { createRegistry } from "../metrics/registry.ts";
import { cachedLabels, labelsOf, type LabelsCache } from "./labels.ts";

describe("the labels of a run", () => {
  it("are one object for one set", () => {
    const registry = createRegistry();
    const labels = labelsOf(registry, "w", "coordinator");
    expect(labels).toMatchObject({ registry, workflowName: "w", agentType: "coordinator" });
    expect(labelsOf(registry, "w", "coordinator")).toBe(labels);
    expect(labelsOf(registry, "w", undefined)).not.toBe(labels);
    expect(labelsOf(registry, "v", "coordinator")).not.toBe(labels);
    expect(labelsOf(createRegistry(), "w", "coordinator")).not.toBe(labels);
  });

  it("are kept for 2,000 sets: who labels runs with ids does not fill the memory", () => {
    const registry = createRegistry();
    const first = labelsOf(registry, "w", "agent-0");
    for (let agent = 1; agent < 2_100; agent++) labelsOf(registry, "w", `agent-${agent}`);
    expect(labelsOf(registry, "w", "agent-0")).toBe(first);
    expect(labelsOf(registry, "w", "agent-2099")).not.toBe(labelsOf(registry, "w", "agent-2099"));
  });

  it("are found at once where the same set is asked for again", () => {
    const registry = createRegistry();
    const cache: LabelsCache = { labels: undefined };
    const of = { workflowName: "w", agentType: "a" };
    const labels = cachedLabels(cache, registry, of);
    expect(cache.labels).toBe(labels);
    expect(cachedLabels(cache, registry, { ...of })).toBe(labels);
    for (const [other, from] of [
      [{ workflowName: "v", agentType: "a" }, registry],
      [{ workflowName: "w" }, registry],
      [of, createRegistry()],
    ] as const) {
      const found = cachedLabels(cache, from, other);
      expect(found).not.toBe(labels);
      expect(found).toMatchObject({ registry: from, ...other });
    }
    expect(cachedLabels(cache, registry, of)).toBe(labels);
  });
});
