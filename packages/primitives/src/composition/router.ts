import { keyedNodes, type StepsOf } from "./keyed.ts";
import type { WorkflowContext } from "../context.ts";
import { NoRouteError } from "../errors.ts";
import { checkFunction, checkOneOf, checkOptionalNumber, checkOptions } from "../options.ts";
import { primitiveOf, type Primitive } from "../primitive.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";
import { routerMeters, type RouterMeters } from "./router-meters.ts";

/** What one call by a route is expected to cost and take. */
export interface RouteEstimate {
  readonly costUsd?: number;
  readonly latencyMs?: number;
}

/** A chosen route, with a reason of low cardinality for telemetry. */
export interface RouteChoice {
  readonly route: string;
  readonly reason?: string;
}

export interface RouterOptions<I, O extends Readonly<Record<string, unknown>>> {
  readonly routes: StepsOf<I, O>;
  /** Names the route for an input, alone or with a reason. */
  readonly select: (
    input: I,
    context: WorkflowContext,
  ) => string | RouteChoice | PromiseLike<string | RouteChoice>;
  /** Taken when `select` throws or names no route. @default none: the call rejects */
  readonly defaultRoute?: keyof O & string;
  readonly estimates?: { readonly [K in keyof O]?: RouteEstimate };
  /** The route against which savings are reckoned. Needs `estimates`. */
  readonly reference?: keyof O & string;
}

interface Decision {
  readonly route: string;
  readonly reason: string;
}

/**
 * Sends each input down one of several routes, and says in telemetry which, why, and what it saved.
 *
 * @throws NoRouteError when no route is found and there is no default (with the error of `select` as `cause`, if it
 *   threw); whatever the route throws; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { router } from "@tta-dev/primitives";
 *
 * const ask = router({
 *   routes: { small: async (question: string) => `small: ${question}`, large: async (question: string) => `large: ${question}` },
 *   select: (question) => (question.length < 100 ? "small" : "large"),
 *   defaultRoute: "large",
 *   estimates: { small: { costUsd: 0.0004 }, large: { costUsd: 0.01 } },
 *   reference: "large",
 * });
 * ```
 */
export function router<I, O extends Readonly<Record<string, unknown>>>(
  options: RouterOptions<I, O>,
): Primitive<I, O[keyof O]> {
  checkOptions(options, "router(options)");
  const { select, defaultRoute, reference } = options;
  checkFunction(select, "router({ select })");
  const { keys, nodes } = keyedNodes(options.routes, "router");
  if (defaultRoute !== undefined) checkOneOf(defaultRoute, "router({ defaultRoute })", keys);
  if (reference !== undefined) checkOneOf(reference, "router({ reference })", keys);
  const estimates = checkEstimates(options.estimates, keys);
  const edges = new Map(
    nodes.map((node, index) => {
      const key = keys[index]!;
      const attributes = { "step.index": index, "step.total_steps": keys.length };
      return [key, stepEdge("router", node, { key, span: `route_${key}`, attributes })];
    }),
  );
  return primitiveOf(
    new TreeNode({
      type: "router",
      leaf: false,
      children: [...edges.values()],
      options: { routes: keys, defaultRoute, reference, estimates },
      meters: routerMeters(keys),
      run: async (input: I, context, meters: RouterMeters) => {
        const decision = await context.decide("select", (inner) =>
          decideRoute(input, inner, options),
        );
        const { route, reason } = decision;
        const edge = edges.get(route)!;
        const savingsUsd = savings(estimates, reference, route);
        if (!context.runtime.replaying) meters.decided(route, reason);
        if (context.isRecording)
          context.span!.setAttributes({
            "router.route": route,
            "router.reason": reason,
            ...(savingsUsd !== undefined && { "router.cost_savings_usd": savingsUsd }),
          });
        const startedAt = context.runtime.elapsed();
        try {
          const value = await context.invoke(edge, input);
          if (savingsUsd !== undefined && !context.runtime.replaying)
            meters.saved(route, savingsUsd);
          return value;
        } catch (error) {
          if (!context.runtime.replaying) meters.failed(route);
          throw error;
        } finally {
          if (!context.runtime.replaying)
            meters.took(route, (context.runtime.elapsed() - startedAt) / 1000);
        }
      },
    }),
  );
}

async function decideRoute<I, O extends Readonly<Record<string, unknown>>>(
  input: I,
  context: WorkflowContext,
  { routes, select, defaultRoute }: RouterOptions<I, O>,
): Promise<Decision> {
  let chosen: string | RouteChoice;
  try {
    chosen = await select(input, context);
  } catch (cause) {
    if (defaultRoute !== undefined) return { route: defaultRoute, reason: "select_failed" };
    throw new NoRouteError("router({ select }) threw, and there is no default route", "", {
      cause,
    });
  }
  const { route, reason = "selected" } =
    typeof chosen === "object" && chosen !== null ? chosen : { route: chosen };
  if (typeof route === "string" && Object.keys(routes).includes(route)) return { route, reason };
  if (defaultRoute !== undefined) return { route: defaultRoute, reason: "unknown_route" };
  throw new NoRouteError(
    `router has no route "${route}" (${Object.keys(routes).join(", ")})`,
    String(route),
  );
}

type Estimates = Readonly<Record<string, RouteEstimate | undefined>>;

function checkEstimates(estimates: Estimates | undefined, keys: readonly string[]): Estimates {
  if (estimates !== undefined) checkOptions(estimates, "router({ estimates })");
  for (const [route, estimate] of Object.entries(estimates ?? {})) {
    checkOneOf(route, "router({ estimates }): route", keys);
    if (estimate !== undefined) checkOptions(estimate, `router({ estimates: { ${route} } })`);
    checkOptionalNumber(estimate?.costUsd, `router({ estimates: { ${route}: { costUsd } } })`, {
      min: 0,
    });
    checkOptionalNumber(estimate?.latencyMs, `router({ estimates: { ${route}: { latencyMs } } })`, {
      min: 0,
    });
  }
  return estimates ?? {};
}

function savings(
  estimates: Estimates,
  reference: string | undefined,
  route: string,
): number | undefined {
  const against = reference === undefined ? undefined : estimates[reference]?.costUsd;
  const own = estimates[route]?.costUsd;
  return against === undefined || own === undefined ? undefined : against - own;
}
