import type { Attributes } from "@opentelemetry/api";
import type { ForkItem } from "../context.ts";
import type { Branch as PortBranch, Join, JoinPolicy, Runtime } from "../runtime/port.ts";
import { scopeFor } from "../runtime/scope-for.ts";
import { mergeBranches } from "../runtime/state.ts";
import type { Edge } from "../tree/node.ts";
import { segmentOf } from "../tree/place.ts";
import type { CallContext } from "./call-context.ts";
import { takeUp } from "./guard.ts";
import { Branch } from "./run.ts";
import { countOrphan } from "./settle.ts";

export interface EdgeItem {
  readonly edge: Edge;
  readonly input: unknown;
  readonly index?: number;
  readonly attributes?: Attributes;
}

/** One branch in the process: remembers the context it was started from, to name what it leaves behind. */
class LocalBranch implements PortBranch {
  readonly path: string;
  readonly input: unknown;
  readonly context: CallContext;
  readonly state: PortBranch["state"];
  readonly #item: EdgeItem;
  #strand: CallContext | undefined = undefined;

  constructor(context: CallContext, item: EdgeItem) {
    this.context = context;
    this.#item = item;
    this.input = item.input;
    this.path = `${context.path}/${segmentOf(item.edge, item.index)}`;
    this.state = context.branch.state.fork();
  }

  run(runtime: Runtime): Promise<unknown> {
    const { context } = this;
    this.#strand = context.within(
      new Branch(context.branch.run, runtime, scopeFor(runtime), this.state),
    );
    return this.#strand.invoke(this.#item.edge, this.input, this.#item);
  }

  /** The call that is still running. */
  get running(): CallContext | undefined {
    const { calling } = this.#strand ?? {};
    return typeof calling === "string" ? undefined : calling;
  }
}

/** Runs children at once, each as a branch of its own, and merges what they wrote into `state`. */
export function forkEdges(
  context: CallContext,
  items: readonly EdgeItem[],
  policy: JoinPolicy,
): Promise<Join> {
  const first = items[0];
  return takeUp(
    context,
    first === undefined ? "fork" : segmentOf(first.edge, first.index),
    async () => {
      const branches = items.map((item) => new LocalBranch(context, item));
      const join = await context.runtime.fork(context.path, branches, policy);
      const succeeded: LocalBranch[] = [];
      for (const [index, outcome] of join.outcomes.entries()) {
        const branch = branches[index]!;
        // Of a race only the winner writes: a loser may have ended in the very turn in which it lost.
        if (outcome.status === "fulfilled" && (!isRace(policy) || index === join.index))
          succeeded.push(branch);
        if (outcome.status === "orphaned" && branch.running !== undefined)
          countOrphan(branch.running);
      }
      const decider = join.index === undefined ? undefined : join.outcomes[join.index];
      if (decider?.status === "rejected") context.childError = decider.error;
      mergeBranches(context.state, succeeded);
      return join;
    },
  );
}

function isRace({ until }: JoinPolicy): boolean {
  return until === "first" || (typeof until === "object" && until.quorum === 1);
}

/** `context.fork` of a composite of one's own: children by key. */
export function forkKeys(
  context: CallContext,
  items: readonly ForkItem[],
  policy: JoinPolicy,
): Promise<Join> {
  const edges = context.edge?.node.children ?? [];
  const found: EdgeItem[] = [];
  for (const { child, ...item } of items) {
    const edge = edges.find(({ key }) => key === child);
    if (edge === undefined)
      return Promise.reject(new TypeError(`fork: "${context.path}" declares no child "${child}"`));
    found.push({ edge, ...item });
  }
  return forkEdges(context, found, policy);
}
