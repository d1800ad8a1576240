import { DeadlineExceededError } from "../errors.ts";

/**
 * How far cancellation reaches: a tree of scopes beside the tree of branches.
 *
 * The `AbortController` exists once somebody asks for the signal. Children are linked and unlinked by hand:
 * `AbortSignal.any` on a long-lived signal leaks, and a listener per call costs more than the call.
 */
export class Scope {
  readonly parent: Scope | undefined;
  /** Latest moment at which something may start, on the runtime's `elapsed()` clock. */
  deadline: number;
  stopped = false;
  reason: unknown = undefined;
  /** Compensations under way in or below this scope: they are waited for, whatever the grace period. */
  shields = 0;
  #ownDeadline = Infinity;
  #isDisposed = false;
  #controller: AbortController | undefined = undefined;
  #children: Set<Scope> | undefined = undefined;
  #listeners: Set<(reason: unknown) => void> | undefined = undefined;

  constructor(parent: Scope | undefined) {
    this.parent = parent;
    this.deadline = parent === undefined ? Infinity : parent.deadline;
    if (parent !== undefined) {
      (parent.#children ??= new Set()).add(this);
      if (parent.stopped) this.abort(parent.reason);
    }
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.stopped) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  /** Throws what the scope was stopped with, or that its deadline has passed. */
  check(now: number): void {
    if (this.stopped) throw this.reason;
    if (now >= this.deadline) throw new DeadlineExceededError("the deadline of the run has passed");
  }

  /** Stops this scope and all below it: children first, so that inner grace periods start before outer ones. */
  abort(reason: unknown): void {
    if (this.stopped) return;
    this.stopped = true;
    this.reason = reason;
    if (this.#children !== undefined) for (const child of this.#children) child.abort(reason);
    this.#controller?.abort(reason);
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener(reason);
  }

  /** Calls back when the scope stops; returns how to take the listener off again. */
  onAbort(listener: (reason: unknown) => void): () => void {
    if (this.stopped) {
      listener(this.reason);
      return () => undefined;
    }
    const listeners = (this.#listeners ??= new Set());
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (this.#isDisposed) this.dispose();
    };
  }

  /** Notes, here and above, that work is under way which cancellation does not reach. */
  shield(change: 1 | -1): void {
    this.shields += change;
    this.parent?.shield(change);
  }

  /** Sets this scope's own deadline; the effective one is never later than the parent's. */
  setDeadline(deadline: number): void {
    this.#ownDeadline = deadline;
    this.#settleDeadline();
  }

  /** Unlinks the scope from its parent once its branch has settled: if it returned a stream, once that is over. */
  dispose(): void {
    this.#isDisposed = true;
    if (this.parent === undefined || isAny(this.#listeners) || isAny(this.#children)) return;
    this.parent.#children?.delete(this);
    if (this.parent.#isDisposed) this.parent.dispose();
  }

  #settleDeadline(): void {
    this.deadline = Math.min(this.#ownDeadline, this.parent?.deadline ?? Infinity);
    if (this.#children !== undefined) for (const child of this.#children) child.#settleDeadline();
  }
}

function isAny(set: ReadonlySet<unknown> | undefined): boolean {
  return set !== undefined && set.size > 0;
}
