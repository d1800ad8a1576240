import type { StandardSchema } from "../composition/standard-schema.ts";
import { checkSchema, validateWith } from "../composition/validate.ts";
import { isWorkflowError } from "../errors.ts";
import { checkOneOf, checkOptionalNumber, checkOptions, POSITIVE_DURATION } from "../options.ts";
import { checkName, primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { Edge, TreeNode } from "../tree/node.ts";
import { measured, waitMeters, type WaitMeters } from "./wait-meters.ts";

export interface WaitForOptions<I, T, P> {
  /** Checks what arrives; any Standard Schema. */
  readonly schema?: StandardSchema<unknown, T>;
  /** Milliseconds after which nobody is waited for any longer. @default for ever */
  readonly timeoutMs?: number;
  /** Runs on the input when time is up. @default the wait rejects with a WaitTimeoutError */
  readonly onTimeout?: Step<I, P>;
  /** `"approval"` where a person decides. @default "event" */
  readonly kind?: "event" | "approval";
}

/**
 * Waits for a person, a webhook or another run: resolves with what `signal(runId, name, payload)` brings.
 *
 * What was sent before the run came here is not lost. The run's deadline stands still meanwhile; `timeoutMs` does not.
 *
 * @throws WaitTimeoutError when nobody answered in time and there is no `onTimeout`; InvalidInputError when the schema
 *   refuses the answer; the caller's `signal.reason` on abort
 * @example
 * ```ts
 * import { sequential, signal, waitFor, workflow } from "@tta-dev/primitives";
 *
 * const publish = workflow("publish", sequential(
 *   (text: string) => text.trim(),
 *   waitFor<string, { approved: boolean }>("approval", { kind: "approval", timeoutMs: 60_000 }),
 * ));
 * const run = publish.execute("draft", { workflowId: "run-1" });
 * signal("run-1", "approval", { approved: true });
 * const { approved } = await run;
 * ```
 */
export function waitFor<I = unknown, T = unknown, P = never>(
  name: string,
  options: WaitForOptions<I, T, P> = {},
): Primitive<I, T | P> {
  checkName(name, "waitFor(name)");
  checkOptions(options, "waitFor(name, options)");
  const { schema, onTimeout, kind = "event" } = options;
  checkSchema(schema, "waitFor({ schema })");
  const timeoutMs = checkOptionalNumber(
    options.timeoutMs,
    "waitFor({ timeoutMs })",
    POSITIVE_DURATION,
  );
  checkOneOf(kind, "waitFor({ kind })", ["event", "approval"]);
  const late =
    onTimeout === undefined
      ? undefined
      : new Edge("on_timeout", nodeOf(onTimeout, "waitFor({ onTimeout })"));
  return primitiveOf(
    new TreeNode({
      type: "wait",
      name,
      leaf: false,
      children: late === undefined ? [] : [late],
      options: { kind, waitsFor: name, ...(timeoutMs !== undefined && { timeoutMs }) },
      meters: waitMeters,
      run: async (input: I, context, meters: WaitMeters) => {
        try {
          const payload = await measured(context, { kind, name, meters }, () =>
            context.waitFor<unknown>(name, timeoutMs === undefined ? {} : { timeoutMs }),
          );
          return schema === undefined
            ? payload
            : await validateWith(schema, payload, `signal "${name}"`);
        } catch (error) {
          if (late === undefined || !isWorkflowError(error, "WAIT_TIMEOUT")) throw error;
          return context.invoke(late, input);
        }
      },
    }),
  );
}
