import type { Snapshot } from "@tta-dev/primitives";
import type { Component } from "@tta-dev/primitives/slo";
import { numbersOf } from "./metric-series.ts";

/** Executions of a component and those of them that failed. */
export interface UseCount {
  readonly executions: number;
  readonly errors: number;
}

/**
 * Adds one series of `primitive.execution.count` to what a component did.
 *
 * A call that its caller gave up is left out: it says nothing of the component. Everything else that is no success is a
 * failure, a refusal by a limit included: whoever called got no answer.
 */
export function countUse(count: UseCount, status: string, value: number): UseCount {
  if (status === "cancelled") return count;
  return {
    executions: count.executions + value,
    errors: count.errors + (status === "success" ? 0 : value),
  };
}

/** Adds up what each component did since the registry began, in the order of the components. */
export function readUse(snapshot: Snapshot, components: readonly Component[]): readonly UseCount[] {
  const parts = new Map<string, number[]>();
  for (const [index, component] of components.entries()) {
    for (const { type, name } of component.parts) {
      const key = partKey(type, name);
      parts.set(key, [...(parts.get(key) ?? []), index]);
    }
  }
  const counts = components.map((): UseCount => ({ executions: 0, errors: 0 }));
  for (const { series, label } of numbersOf(snapshot, "primitive.execution.count")) {
    const key = partKey(label("primitive_type"), label("primitive_name"));
    for (const index of parts.get(key) ?? [])
      counts[index] = countUse(counts[index]!, label("status"), series.value);
  }
  return counts;
}

function partKey(type: string, name: string): string {
  return `${type} ${name}`;
}
