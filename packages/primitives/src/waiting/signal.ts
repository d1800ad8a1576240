import { checkName } from "../primitive.ts";
import { slot } from "../slot.ts";

/**
 * Brings a waiting run what it waits for.
 *
 * @param runId `workflowId` of the run
 * @param name What the run waits for: the name of its `waitFor`
 * @returns true when the run took it or will, false when no run of this id is waiting or may wait in this process
 * @throws RangeError when 1,000 payloads of that name wait already
 * @example
 * ```ts
 * import { signal } from "@tta-dev/primitives";
 *
 * const taken = signal("run-1", "approval", { approved: true });
 * ```
 */
export function signal(runId: string, name: string, payload?: unknown): boolean {
  checkName(name, "signal(runId, name)");
  const mailbox = slot().mailboxes.get(runId);
  mailbox?.deliver(name, payload);
  return mailbox !== undefined;
}
