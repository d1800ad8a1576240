import { createRegistry } from "./metrics/registry.ts";
import { declareSlosOf } from "./slo/declare-slos.ts";
import { extras, slot } from "./slot.ts";

/**
 * Adds to the process's slot what the core goes without: a registry that records, and the check of a workflow's SLOs.
 * Entries through which metrics can be read do this when they are loaded, so before any workflow is made.
 */
export function completeSlot(): void {
  const brought = extras();
  brought.createRegistry ??= () => createRegistry();
  brought.declareSlos ??= declareSlosOf;
  const shared = slot();
  if ("isSilent" in shared.registry) shared.registry = brought.createRegistry();
}
