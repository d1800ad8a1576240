import { describe, expect, test } from "vitest";
import { createDecisionMemory } from "./decision-memory.ts";

describe("a decision", () => {
  test("is remembered for its time, and not much longer than twice", () => {
    const memory = createDecisionMemory<string>({ maxCount: 10, rememberMs: 1000 });
    memory.set("a", "kept", 0);
    memory.set("b", "kept", 900);
    expect(memory.get("b", 1900)).toBe("kept");
    expect(memory.get("a", 3000)).toBeUndefined();
  });

  test("is forgotten after a pause", () => {
    const memory = createDecisionMemory<string>({ maxCount: 10, rememberMs: 1000 });
    memory.set("a", "kept", 0);
    expect(memory.get("a", 2000)).toBeUndefined();
  });

  test("makes room for others, the oldest first", () => {
    const memory = createDecisionMemory<number>({ maxCount: 10, rememberMs: 1000 });
    for (let id = 0; id < 100; id++) memory.set(String(id), id, 0);
    const known = Array.from({ length: 100 }, (_, id) => memory.get(String(id), 0)).filter(
      (value) => value !== undefined,
    );
    expect(known.length).toBeLessThanOrEqual(10);
    expect(known.length).toBeGreaterThanOrEqual(5);
    expect(known.at(-1)).toBe(99);
  });

  test("lives on while it is asked for", () => {
    const memory = createDecisionMemory<number>({ maxCount: 10, rememberMs: 1000 });
    memory.set("wanted", 1, 0);
    for (let id = 0; id < 100; id++) {
      memory.set(String(id), id, 0);
      expect(memory.get("wanted", 0)).toBe(1);
    }
  });
});
