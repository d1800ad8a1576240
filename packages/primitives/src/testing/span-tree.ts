/** A finished span, as far as its place in a tree goes. */
export interface TreeSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** OpenTelemetry's: 2 is ERROR. */
  readonly status: { readonly code: number };
  /** Orders siblings; without it they keep the order of the list, in which spans ended. */
  readonly startMs?: number;
}

export interface SpanTreeOptions {
  /** Attributes to show, in this order, where a span has them. @default none */
  readonly attributes?: readonly string[];
}

const ERROR = 2;

/**
 * Draws finished spans as an indented tree without ids and times, so that whole traces can be compared.
 *
 * Siblings come in the order in which they started, those of one moment by `step.index`. A span that failed says ERROR;
 * one whose parent is not in the list says so.
 *
 * @example
 * ```ts
 * import { spanTree } from "@tta-dev/primitives/testing";
 *
 * const root = { name: "root", spanId: "1", attributes: {}, status: { code: 0 } };
 * const child = { name: "child", spanId: "2", parentSpanId: "1", attributes: { n: 1 }, status: { code: 2 } };
 * spanTree([child, root], { attributes: ["n"] }); // "root\n  child n=1 ERROR"
 * ```
 */
export function spanTree(spans: Iterable<TreeSpan>, options: SpanTreeOptions = {}): string {
  const { attributes = [] } = options;
  const all = [...spans];
  const known = new Set(all.map(({ spanId }) => spanId));
  const children = Map.groupBy(all, ({ parentSpanId }) =>
    parentSpanId !== undefined && known.has(parentSpanId) ? parentSpanId : "",
  );
  const lines: string[] = [];
  const draw = (parent: string, depth: number): void => {
    for (const span of (children.get(parent) ?? []).toSorted(byStart)) {
      lines.push(`${"  ".repeat(depth)}${describeSpan(span, attributes, known)}`);
      draw(span.spanId, depth + 1);
    }
  };
  draw("", 0);
  return lines.join("\n");
}

function describeSpan(
  { name, parentSpanId, attributes, status }: TreeSpan,
  shown: readonly string[],
  known: ReadonlySet<string>,
): string {
  const values = shown
    .filter((key) => attributes[key] !== undefined)
    .map((key) => `${key}=${format(attributes[key])}`);
  const isStray = parentSpanId !== undefined && parentSpanId !== "" && !known.has(parentSpanId);
  return [
    name,
    ...values,
    ...(status.code === ERROR ? ["ERROR"] : []),
    ...(isStray ? ["(its parent is not here)"] : []),
  ].join(" ");
}

function format(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function byStart(one: TreeSpan, other: TreeSpan): number {
  const byTime = (one.startMs ?? 0) - (other.startMs ?? 0);
  return byTime !== 0 ? byTime : indexOf(one) - indexOf(other);
}

function indexOf({ attributes }: TreeSpan): number {
  const index = attributes["step.index"];
  return typeof index === "number" ? index : 0;
}
