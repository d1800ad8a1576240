import { describe, expect, it } from "vitest";
import type { ContextInit } from "../context.ts";
import { createRegistry } from "../metrics/registry.ts";
import { TreeNode } from "../tree/node.ts";
import { Fields } from "./fields.ts";
import { labelsOf } from "./labels.ts";

const registry = createRegistry();

function fieldsOf(init: ContextInit): { readonly fields: Fields; readonly ids: () => number } {
  let ids = 0;
  const labels = labelsOf(registry, init.workflowName, init.agentType);
  return { fields: new Fields(init, labels, { newId: () => `id-${++ids}` }), ids: () => ids };
}

describe("the fields of a run", () => {
  it("have an id that is made when somebody asks, once", () => {
    const { fields, ids } = fieldsOf({});
    expect(ids()).toBe(0);
    expect([fields.workflowId, fields.workflowId, ids()]).toEqual(["id-1", "id-1", 1]);
    expect(fieldsOf({ workflowId: "given" }).fields.workflowId).toBe("given");
  });

  it("are the same frozen attributes for every span", () => {
    const { fields } = fieldsOf({ workflowName: "w", userId: "u", sessionId: "" });
    expect(fields.attributes).toEqual({
      "workflow.id": "id-1",
      "workflow.name": "w",
      "user.id": "u",
    });
    expect(fields.attributes).toBe(fields.attributes);
    expect(Object.isFrozen(fields.attributes)).toBe(true);
  });

  it("with overrides keep the rest, the id included", () => {
    const { fields } = fieldsOf({
      workflowName: "w",
      userId: "u",
      agentType: "a",
      tags: { a: "1" },
      data: { b: 2 },
    });
    const other = fields.with({ agentType: "helper", userId: undefined, tags: { c: "3" } });
    expect(other.attributes).toEqual({ ...fields.attributes, "agent.type": "helper" });
    expect([other.tags, other.data, other.labels.agentType]).toEqual([
      { a: "1", c: "3" },
      { b: 2 },
      "helper",
    ]);
    expect(fields.with({ data: {} }).data).toEqual({});
    expect(fields.with({ workflowName: "v" }).workflowName).toBe("v");
  });

  it("below a workflow have its name and its defaults; below itself they stay as they are", () => {
    const { fields } = fieldsOf({ workflowName: "outer", agentType: "a", userId: "u" });
    const node = new TreeNode({
      type: "workflow",
      name: "inner",
      leaf: false,
      run: () => 1,
      context: { agentType: "helper" },
    });
    const below = fields.below(node);
    expect([below.workflowName, below.values.agentType, below.values.userId]).toEqual([
      "inner",
      "helper",
      "u",
    ]);
    expect(below.below(node)).toBe(below);
  });

  it("can be written down to begin another run with", () => {
    const init = { workflowId: "r", userId: "u", agentType: "a", tags: { a: "1" }, data: { b: 2 } };
    expect(fieldsOf(init).fields.toInit()).toMatchObject(init);
  });
});
