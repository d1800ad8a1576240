import type { Attributes } from "@opentelemetry/api";
import { attributes as names } from "@tta-dev/primitives/catalog";

const { workflowName: WORKFLOW, primitiveName: PRIMITIVE } = names;

/** What a local root is called where traces are told apart by it: the workflow's name, else the primitive's, else the span's. */
export function rootName(spanName: string, attributes: Attributes): string {
  const name = attributes[WORKFLOW] ?? attributes[PRIMITIVE];
  return typeof name === "string" ? name : spanName;
}
