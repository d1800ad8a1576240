import type { SpanContext } from "@opentelemetry/api";
import { InProcessRuntime, realMachine } from "../runtime/in-process.ts";
import { DEFAULT_GRACE_MS } from "../runtime/port.ts";
import { Scope } from "../runtime/scope.ts";
import { Edge, TreeNode, type Run } from "../tree/node.ts";
import type { CallContext } from "./call-context.ts";
import { Branch } from "./run.ts";
import { countOrphan } from "./settle.ts";

/** A strand that outlives the call it was started from; it knows the call that it consists of. */
class DetachedBranch extends Branch {
  body: CallContext | undefined = undefined;
}

/**
 * Hangs a child that may run detached. Its node takes note of the call before the body runs: a body that returns at once
 * is over by the time its caller could ask for the span.
 */
export function detachableEdge(key: string, child: TreeNode): Edge {
  const { run, userCode } = child;
  const noting: Run = (input, call, meters) => {
    const { branch } = call;
    if (branch instanceof DetachedBranch) branch.body ??= call;
    // A function of the user's gets what it would get elsewhere, and nothing more.
    return userCode ? Reflect.apply(run, undefined, [input, call]) : run(input, call, meters);
  };
  return new Edge(key, new TreeNode({ ...child.init, run: noting }, child.isFrame), {
    wraps: true,
    child,
  });
}

/**
 * One call of a child that belongs to no single caller: in the context of the call that starts it (its span is a child of
 * that one's, its fields are the same), under a scope of its own, which nothing stops but `abort`.
 *
 * The call that starts it may settle first. Work that goes on past the grace period after an abort is counted as orphaned.
 */
export class DetachedCall {
  readonly #branch: DetachedBranch;
  readonly #runtime: InProcessRuntime;
  readonly #view: CallContext;
  #deadline = -Infinity;
  #isOver = false;
  #stopGrace: (() => void) | undefined = undefined;
  #onSettled: (() => void) | undefined = undefined;

  constructor(starter: CallContext) {
    const { run, runtime, state } = starter.branch;
    const scope = new Scope(undefined);
    this.#runtime =
      runtime instanceof InProcessRuntime
        ? runtime.within(scope)
        : new InProcessRuntime(scope, run, realMachine);
    this.#branch = new DetachedBranch(run, this.#runtime, scope, state.fork());
    this.#view = starter.within(this.#branch);
    this.#view.onSettled = () => this.#close();
  }

  /** Calls the child; resolves and rejects with what it does. */
  run(edge: Edge, input: unknown): Promise<unknown> {
    const result = this.#view.invoke(edge, input, { attributes: { "execution.detached": true } });
    // Refused at the door: nothing began that could settle.
    if (this.#branch.body === undefined) this.#close();
    return result;
  }

  /** A context for what else belongs to the detached work, and goes on as long. */
  aside(): CallContext {
    return this.#view.within(this.#branch);
  }

  /** The span of the call, for links; undefined where nobody traces. */
  get spanContext(): SpanContext | undefined {
    return this.#branch.body?.span?.spanContext();
  }

  get isStopped(): boolean {
    return this.#branch.scope.stopped;
  }

  /** What the call wrote into `state`; the branch that started it sees none of it. */
  writes(): [string, unknown][] {
    return this.#branch.state.writes();
  }

  /** True for calls made inside: they would wait for themselves. */
  includes(call: CallContext): boolean {
    const { body } = this.#branch;
    for (let above: CallContext | undefined = call; above !== undefined; above = above.parent)
      if (above === body) return true;
    return false;
  }

  /** Moves the deadline out to `leftMs` from now, if it is earlier. */
  extendDeadline(leftMs: number): void {
    const deadline = this.#runtime.elapsed() + leftMs;
    if (deadline <= this.#deadline) return;
    this.#deadline = deadline;
    this.#branch.scope.setDeadline(deadline);
  }

  /** Calls back once, unless the function it returns is called first. */
  startTimer(delayMs: number, fire: () => void): () => void {
    return this.#runtime.startTimer(delayMs, fire);
  }

  /** Calls back when the call has settled: for a stream, when it is over. */
  whenSettled(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#onSettled = listener;
  }

  abort(reason: unknown): void {
    if (this.#isOver) return;
    this.#stopGrace = this.#runtime.startTimer(DEFAULT_GRACE_MS, () =>
      countOrphan(this.#branch.body!),
    );
    this.#branch.scope.abort(reason);
  }

  #close(): void {
    this.#isOver = true;
    this.#stopGrace?.();
    this.#runtime.end();
    this.#onSettled?.();
  }
}
