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
  readonly #deadline: number;
  #strand: CallContext | undefined = undefined;

  /** @param deadline Of the fork, on the clock of the runtime that forks; for branches that do not run in place */
  constructor(context: CallContext, item: EdgeItem, deadline: number) {
    this.context = context;
    this.#item = item;
    this.#deadline = deadline;
    this.input = item.input;
    this.path = `${context.path}/${segmentOf(item.edge, item.index)}`;
    this.state = context.branch.state.fork();
  }

  run(runtime: Runtime, input: unknown = this.input): Promise<unknown> {
    const { context } = this;
    const scope = scopeFor(runtime);
    // In the process the scope is below the one around; elsewhere it has to be told how much time is left.
    if (!runtime.inline)
      scope.setDeadline(runtime.elapsed() + this.#deadline - context.runtime.elapsed());
    this.#strand = context.within(new Branch(context.branch.run, runtime, scope, this.state));
    return this.#strand.invoke(this.#item.edge, input, this.#item);
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
      const { runtime } = context;
      const deadline = runtime.inline ? Infinity : deadlineOf(context, policy);
      const branches = items.map((item) => new LocalBranch(context, item, deadline));
      const join = await runtime.fork(context.path, branches, policy);
      const succeeded: LocalBranch[] = [];
      for (const [index, outcome] of join.outcomes.entries()) {
        const branch = branches[index]!;
        // Of a race only the winner writes: a loser may have ended in the very turn in which it lost.
        if (outcome.status === "fulfilled" && (!isRace(policy) || index === join.index))
          succeeded.push(branch);
        if (outcome.status === "orphaned" && branch.running !== undefined && !runtime.replaying)
          countOrphan(branch.running);
      }
      const decider = join.index === undefined ? undefined : join.outcomes[join.index];
      if (decider?.status === "rejected") context.childError = decider.error;
      mergeBranches(context.state, succeeded);
      return join;
    },
  );
}

function deadlineOf({ branch }: CallContext, { timeoutMs = Infinity }: JoinPolicy): number {
  return Math.min(branch.scope.deadline, branch.runtime.elapsed() + timeoutMs);
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
    if (found.some((other) => other.edge === edge && other.index === item.index))
      return Promise.reject(
        new TypeError(
          `fork: "${context.path}" starts "${child}" twice; give each branch an index of its own`,
        ),
      );
    found.push({ edge, ...item });
  }
  return forkEdges(context, found, policy);
}
