import { ConcurrentCallError } from "../errors.ts";
import type { Edge } from "../tree/node.ts";
import { segmentOf } from "../tree/place.ts";
import type { CallContext } from "./call-context.ts";

/** Refuses a second operation of a composite while the first is under way. Inside a leaf everything is allowed. */
export function guardConcurrency(context: CallContext, edge: Edge, index?: number): void {
  if (isFree(context)) return;
  refuse(context, `${context.path}/${segmentOf(edge, index)}`);
}

/** Runs one operation that is not a call (a wait, a decision, a fork) as the only one of its composite. */
export function takeUp<O>(
  context: CallContext,
  segment: string,
  run: () => Promise<O>,
): Promise<O> {
  if (isFree(context)) return run();
  const path = `${context.path}/${segment}`;
  if (context.calling !== undefined) {
    try {
      refuse(context, path);
    } catch (error) {
      return Promise.reject(error);
    }
  }
  context.calling = path;
  const free = (): void => {
    context.calling = undefined;
  };
  return run().then(
    (value) => {
      free();
      return value;
    },
    (error: unknown) => {
      free();
      throw error;
    },
  );
}

/** Leaves and decisions may call as they like: to a journal they are one step. */
function isFree(context: CallContext): boolean {
  return context.edge === undefined || context.edge.node.leaf || context.isView;
}

export function refuse(context: CallContext, path: string): never {
  const { calling } = context;
  const busy = typeof calling === "string" ? calling : calling!.path;
  throw new ConcurrentCallError(
    `"${path}" was called while "${busy}" was still running in the same branch; call one after the other, ` +
      `or use parallel(), map() or race(), whose branches run at once`,
  );
}
