import { createRegistry } from "./metrics/registry.ts";
import { declareSlosOf } from "./slo/declare-slos.ts";
import { slot } from "./slot.ts";

/**
 * Adds to the process's slot what the core goes without: a registry that records, and the check of a workflow's SLOs.
 * Entries through which metrics can be read do this when they are loaded, so before any workflow is made.
 */
export function completeSlot(): void {
  const shared = slot();
  if ("isSilent" in shared.registry) shared.registry = createRegistry();
  shared.declareSlos ??= declareSlosOf;
}
