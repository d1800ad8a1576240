import { isWorkflowError, TimeoutError } from "../errors.ts";
import type { Registry } from "../metrics/registry.ts";
import {
  checkNumber,
  checkOptionalNumber,
  checkOptions,
  DURATION,
  POSITIVE_DURATION,
} from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { publish } from "../telemetry/publish.ts";
import { Edge, TreeNode } from "../tree/node.ts";

export interface TimeoutOptions {
  /** Soft limit in milliseconds: the step's `signal` is aborted. */
  readonly timeoutMs: number;
  /** Time the step then has to end, in milliseconds, before the call rejects whatever the step does. @default 0 */
  readonly graceMs?: number;
}

interface TimeoutMeters {
  readonly expired: (kind: "soft" | "hard") => void;
}

/**
 * Limits how long a step may take.
 *
 * At the limit the step's `signal` is aborted; a step that ends within the grace period counts as a soft expiration,
 * one that goes on as a hard one and in `execution.orphaned`. Either way the call rejects: a value that comes too late is
 * dropped. What the run has left clips the limit.
 *
 * @throws TimeoutError when the limit is exceeded; whatever the step throws; the caller's `signal.reason` on abort
 * @example
 * ```ts
 * import { timeout } from "@tta-dev/primitives";
 *
 * const quick = timeout(async (url: string, { signal }) => (await fetch(url, { signal })).text(), { timeoutMs: 2_000 });
 * ```
 */
export function timeout<I, O>(step: Step<I, O>, options: TimeoutOptions): Primitive<I, O> {
  checkOptions(options, "timeout(step, options)");
  const timeoutMs = checkNumber(options.timeoutMs, "timeout({ timeoutMs })", POSITIVE_DURATION);
  const graceMs = checkOptionalNumber(options.graceMs, "timeout({ graceMs })", DURATION) ?? 0;
  const child = nodeOf(step, "timeout(): step");
  const edge = new Edge("body", child, { wraps: true });
  return primitiveOf(
    new TreeNode({
      type: "timeout",
      name: child.name,
      leaf: false,
      children: [edge],
      options: { timeoutMs, graceMs },
      attributes: { "timeout.limit_ms": timeoutMs, "timeout.grace_ms": graceMs },
      meters,
      run: async (input: I, context, { expired }: TimeoutMeters) => {
        let expiry: TimeoutError | undefined;
        const error = (): TimeoutError =>
          (expiry ??= new TimeoutError(
            `"${context.place.name}" took longer than ${timeoutMs} ms`,
            timeoutMs,
          ));
        const { runtime, scope } = context.branch;
        const limit = runtime.elapsed() + timeoutMs;
        const join = await context.forkEdges([{ edge, input }], {
          until: "all",
          timeoutMs,
          timeoutReason: error,
          graceMs,
        });
        const outcome = join.outcomes[0]!;
        if (join.reason !== "timeout") {
          if (outcome.status === "fulfilled") return outcome.value;
          const { error: thrown } = outcome as { readonly error: unknown };
          // Something below was refused because this limit had passed, before its timer could fire.
          const isExpired = limit < scope.deadline && runtime.elapsed() >= limit;
          if (!isExpired || !isWorkflowError(thrown, "DEADLINE_EXCEEDED")) throw thrown;
        }
        const kind = outcome.status === "orphaned" ? "hard" : "soft";
        if (!runtime.replaying) expired(kind);
        context.note("timeout.expired", true);
        publish(context, {
          event: "timeout.expired",
          level: "warn",
          fields: { kind, timeout_ms: timeoutMs },
        });
        throw error();
      },
    }),
  );
}

function meters(name: string, registry: Registry): TimeoutMeters {
  const of = registry.counter("timeout.expirations");
  const soft = of.bind({ primitive_name: name, kind: "soft" });
  const hard = of.bind({ primitive_name: name, kind: "hard" });
  return { expired: (kind) => (kind === "soft" ? soft : hard).add(1) };
}
