import type { ContextInit, WorkflowContext } from "./context.ts";
import { currentCall } from "./door/ambient.ts";
import { openContext } from "./door/enter.ts";

/**
 * Makes a context to execute with. Every execution with it is a run of its own, under the same fields, `workflowId` included.
 *
 * @throws TypeError and RangeError for wrong fields, by name
 * @example
 * ```ts
 * import { createContext, workflow } from "@tta-dev/primitives";
 *
 * const context = createContext({ correlationId: "req-123", agentType: "coordinator" });
 * const reply = await workflow("greet", (name: string) => `Hello ${name}`).execute("Ada", context);
 * ```
 */
export function createContext(init: ContextInit = {}): WorkflowContext {
  return openContext(init);
}

/** Returns the context of the step that is running, wherever in its code; undefined outside of a run. */
export function currentContext(): WorkflowContext | undefined {
  return currentCall();
}
