import type { Attributes } from "@opentelemetry/api";
import type { WorkflowContext } from "./context.ts";
import { checkFunction, checkOptionalBoolean, checkOptions, describe } from "./options.ts";
import { checkName, primitiveOf, type Primitive, type Step } from "./primitive.ts";
import { nodeOf } from "./tree/node-of.ts";
import { stepEdge, STEP_TYPE, TreeNode, type Edge } from "./tree/node.ts";

export interface StepOptions {
  /** Running it twice does no harm: `hedge` may start it again while it runs. @default false */
  readonly idempotent?: boolean;
  /** It changes the outside world: data for `describe()`. @default unknown */
  readonly sideEffects?: boolean;
}

/**
 * Names a plain function, and says what may be done with it.
 *
 * @throws TypeError for a wrong name or function
 * @example
 * ```ts
 * import { step } from "@tta-dev/primitives";
 *
 * const search = step("search", async (query: string) => [query], { idempotent: true });
 * ```
 */
export function step<I, O>(
  name: string,
  fn: (input: I, context: WorkflowContext) => O | PromiseLike<O>,
  options: StepOptions = {},
): Primitive<I, O> {
  checkName(name, "step(name)");
  checkFunction(fn, `step("${name}"): second argument`);
  checkOptions(options, `step("${name}", fn, options)`);
  const { idempotent, sideEffects } = options;
  checkOptionalBoolean(idempotent, `step("${name}", { idempotent })`);
  checkOptionalBoolean(sideEffects, `step("${name}", { sideEffects })`);
  return primitiveOf(
    new TreeNode({
      type: STEP_TYPE,
      name,
      leaf: true,
      run: fn,
      options: {
        ...(idempotent !== undefined && { idempotent }),
        ...(sideEffects !== undefined && { sideEffects }),
      },
    }),
  );
}

export interface PrimitiveDefinition<I, O> {
  /** `primitive.type` in telemetry: lower case, low cardinality. */
  readonly type: string;
  readonly name?: string;
  /** Last part of the span's name, `primitive.{type}.{action}`. @default "execute" */
  readonly action?: string;
  /**
   * What it calls, by key. With children it is a composite: drawn, replayed and made durable call by call, one call at a
   * time. Without, it is one step, whatever it does inside.
   */
  readonly children?: Readonly<Record<string, Step<never, unknown>>>;
  /** Its options as data, for drawings. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly run: (input: I, context: WorkflowContext) => O | PromiseLike<O>;
}

/**
 * Makes a primitive of your own: traced, measured and named like the built-in ones.
 *
 * @throws TypeError for a wrong definition
 * @example
 * ```ts
 * import { definePrimitive } from "@tta-dev/primitives";
 *
 * const twice = definePrimitive({
 *   type: "twice",
 *   children: { body: (value: number) => value + 1 },
 *   run: async (value: number, context) => {
 *     const once = await context.call<number>("body", value, 1);
 *     return context.call<number>("body", once, 2);
 *   },
 * });
 * ```
 */
export function definePrimitive<I, O>(definition: PrimitiveDefinition<I, O>): Primitive<I, O> {
  checkOptions(definition, "definePrimitive(definition)");
  const { name, children = {}, options, run } = definition;
  const type = checkType(definition.type, "definePrimitive({ type })");
  const action =
    definition.action === undefined
      ? undefined
      : checkType(definition.action, "definePrimitive({ action })");
  if (name !== undefined) checkName(name, "definePrimitive({ name })");
  checkFunction(run, "definePrimitive({ run })");
  checkOptions(children, "definePrimitive({ children })");
  if (options !== undefined) checkOptions(options, "definePrimitive({ options })");
  const keys = Object.keys(children);
  const edges: Edge[] = keys.map((key) =>
    stepEdge(type, nodeOf(children[key], `definePrimitive(): child "${key}"`), { key, span: key }),
  );
  return primitiveOf(
    new TreeNode({
      type,
      name,
      leaf: edges.length === 0,
      userCode: true,
      children: edges,
      run,
      ...(action !== undefined && { action }),
      ...(options !== undefined && { options }),
    }),
  );
}

export interface ObserveOptions {
  readonly name: string;
  /** @default "observe" */
  readonly type?: string;
  /** Attributes of its span; not metric labels. */
  readonly attributes?: Attributes;
}

/**
 * Gives any step a span and series of its own, under a name, type and attributes that you choose.
 *
 * @throws TypeError for a wrong name
 * @example
 * ```ts
 * import { observe } from "@tta-dev/primitives";
 *
 * const lookup = observe(async (id: string) => id.length, { name: "crm-lookup", attributes: { "peer.service": "crm" } });
 * ```
 */
export function observe<I, O>(inner: Step<I, O>, options: ObserveOptions): Primitive<I, O> {
  checkOptions(options, "observe(step, options)");
  const name = checkName(options.name, "observe({ name })");
  const type = checkType(options.type ?? "observe", "observe({ type })");
  if (options.attributes !== undefined) checkOptions(options.attributes, "observe({ attributes })");
  const child = nodeOf(inner, "observe(): step");
  const isLeaf = child.leaf && child.type === STEP_TYPE;
  const edge = stepEdge(type, child, { key: "body", span: "body" });
  return primitiveOf(
    new TreeNode({
      type,
      name,
      leaf: isLeaf,
      attributes: options.attributes,
      children: isLeaf ? [] : [edge],
      options: isLeaf ? child.options : { observed: child.type },
      run: isLeaf ? child.run : (input, context) => context.invoke(edge, input),
    }),
  );
}

function checkType(type: unknown, option: string): string {
  if (typeof type === "string" && /^[a-z][a-z0-9_]{0,63}$/.test(type)) return type;
  throw new TypeError(
    `${option}: expected lower-case letters, digits and underscores, beginning with a letter, got ${describe(type)}`,
  );
}
