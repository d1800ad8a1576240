import type { Premises } from "./maximum.ts";
import type { Site } from "./site.ts";
import type { Warning } from "./warning.ts";
export function warningsOf(_root: Site, _premises: Premises): readonly Warning[] {
  return [];
}
