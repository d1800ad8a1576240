import { encode } from "../runtime/codec.ts";
import { thrownToJson } from "../runtime/error-json.ts";
import type { Outcome } from "../runtime/port.ts";

/** How a run or a branch ended. */
type Ending =
  | Outcome
  | { readonly status: "fulfilled"; readonly value: unknown }
  | { readonly status: "rejected"; readonly reason: unknown };

/** An outcome as JSON, the same for outcomes that a handler cannot tell apart: without stacks, that is. */
export function viewOf(ending: Ending): string {
  if (ending.status === "fulfilled") return withoutStacks({ value: ending.value });
  if (ending.status !== "rejected") return withoutStacks(ending);
  const thrown = "reason" in ending ? ending.reason : ending.error;
  return withoutStacks({ thrown: thrownToJson(thrown) });
}

function withoutStacks(value: unknown): string {
  const json = encode(value)!;
  return JSON.stringify(JSON.parse(json, dropStack));
}

function dropStack(this: unknown, key: string, value: unknown): unknown {
  const holder = this as Readonly<Record<string, unknown>>;
  return key === "stack" && "name" in holder && "message" in holder ? undefined : value;
}
