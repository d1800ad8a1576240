import { trace, type Attributes, type Context as OtelContext, type Span } from "@opentelemetry/api";
import { checkOverrides } from "../context-init.ts";
import type { ContextInit, ForkItem, WorkflowContext } from "../context.ts";
import type { Step } from "../primitive.ts";
import { isPromiseLike } from "../promise-like.ts";
import type { RetryNest } from "../recovery/retry-nest.ts";
import type { Join, JoinPolicy, Runtime, WaitOptions } from "../runtime/port.ts";
import type { State } from "../runtime/state.ts";
import type { Edge } from "../tree/node.ts";
import { segmentOf, type Place } from "../tree/place.ts";
import { activate, CALL_KEY, DerivedContext, SPAN_KEY } from "./ambient.ts";
import { FieldGetters } from "./field-getters.ts";
import type { Fields } from "./fields.ts";
import { fail, finish } from "./finish.ts";
import { forkEdges, forkKeys, type EdgeItem } from "./fork.ts";
import { guardConcurrency, takeUp } from "./guard.ts";
import type { Handles } from "./handles.ts";
import { headersOf } from "./headers.ts";
import { callStep, runInPlace } from "./in-place.ts";
import { shielded } from "./shield.ts";
import { decide, runJournaled, sleep, waitFor } from "./journal.ts";
import { score } from "./score.ts";
import type { Branch, Checkpoint } from "./run.ts";
import { beginWorkflow } from "../telemetry/tell-run.ts";
import { releaseWhenLost } from "./settle.ts";
import { ambientOf, startSpan } from "./span.ts";

/** Anything may be thrown, undefined too. */
const NO_FAILURE = Symbol("no failure");

/** What is particular to one call of an edge that is called many times. */
export interface CallDetail {
  /** Makes the path segment `key.index`. */
  readonly index?: number;
  readonly attributes?: Attributes;
}

/**
 * One call of one node. It is the workflow context handed to the step and, at the same time, the OpenTelemetry
 * context of its span: one object, one store to enter.
 *
 * This is the hot path. Every field is set in the constructor, nothing is built that nobody may need, and what never
 * changes for a place in the tree lives in `place`.
 */
export class CallContext extends FieldGetters implements WorkflowContext, OtelContext {
  readonly branch: Branch;
  fields: Fields;
  parent: CallContext | undefined;
  /** Undefined above the root of a run and of a nested execution. */
  readonly edge: Edge | undefined;
  readonly place: Place;
  readonly base: OtelContext;
  readonly startedAt: number;
  /** The first call of a run, below the context that holds it. */
  readonly isRoot: boolean;
  span: Span | undefined;
  /** False once a tracer has shown that children of this span are never recorded. */
  asksTracer: boolean;
  isRecording = false;
  handles: Handles | undefined = undefined;
  /** The operation under way, in a composite: one at a time. */
  calling: CallContext | string | undefined = undefined;
  /** What a child failed with last: an error that only passes through is not recorded again. */
  childError: unknown = NO_FAILURE;
  /** The retries around, which limit those below. */
  retryNest: RetryNest | undefined;
  /** Another way to look at the call above, which it stands for in everything but branch and fields. */
  isView = false;
  /** True while a composite of ours runs up to its first wait. */
  isStarting = false;
  /** True once nobody waits for this call any longer: it was settled then, whatever it still does. */
  isGivenUp = false;
  /** Called when the call below has settled; a stream settles when it is over. */
  onSettled: ((failure?: { readonly error: unknown }) => void) | undefined = undefined;
  /** Set where an index in the path makes it differ from the place's. */
  ownPath: string | undefined = undefined;

  // oxlint-disable-next-line max-params -- an options object here costs an allocation a call
  constructor(
    branch: Branch,
    fields: Fields,
    parent: CallContext | undefined,
    edge: Edge | undefined,
    place: Place,
    base: OtelContext,
    span: Span | undefined,
    asksTracer: boolean,
    startedAt: number,
  ) {
    super();
    this.branch = branch;
    this.fields = fields;
    this.parent = parent;
    this.edge = edge;
    this.place = place;
    this.base = base;
    this.span = span;
    this.asksTracer = asksTracer;
    this.startedAt = startedAt;
    this.isRoot = parent !== undefined && parent.parent === undefined && parent.edge === undefined;
    this.retryNest = parent === undefined ? undefined : parent.retryNest;
  }

  /** The door: every child of every primitive comes through here. */
  invoke<O>(edge: Edge, input: unknown, detail?: CallDetail): Promise<O> {
    let child: CallContext;
    let result: unknown;
    try {
      child = this.#begin(edge, detail);
    } catch (error) {
      return Promise.reject(error);
    }
    try {
      const { node } = child.edge!;
      result =
        node.leaf && !child.branch.runtime.inline
          ? runJournaled(child, input)
          : node.userCode
            ? activate(child, node.run as (input: unknown, context: CallContext) => unknown, input)
            : runComposite(child, input);
    } catch (error) {
      return Promise.reject(fail(child, error));
    }
    if (!isPromiseLike(result)) {
      try {
        return Promise.resolve(finish(child, result) as O);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const promise =
      result instanceof Promise
        ? (result as Promise<O>)
        : Promise.resolve(result as PromiseLike<O>);
    return promise.then(
      (value) => finish(child, value) as O,
      (error: unknown) => {
        throw fail(child, error);
      },
    );
  }

  #begin(given: Edge, detail: CallDetail | undefined): CallContext {
    const { branch } = this;
    const edge = branch.run.isCompact && given.compact !== undefined ? given.compact : given;
    // A composite that calls its first child at once began at the same moment.
    const startedAt = this.isStarting ? this.startedAt : branch.runtime.elapsed();
    branch.scope.check(startedAt);
    if (this.calling !== undefined) guardConcurrency(this, edge, detail?.index);
    const from = this.edge?.node.userCode === true ? ambientOf(this) : this;
    const isOwn = from === this;
    const place = this.place.child(edge);
    const child = new CallContext(
      branch,
      this.fields,
      this,
      edge,
      place,
      isOwn ? this.base : from,
      isOwn ? this.span : trace.getSpan(from),
      this.asksTracer,
      startedAt,
    );
    if (child.isRoot) branch.run.startedAt = startedAt;
    const { node } = edge;
    if (node.workflowName !== undefined && this.parent !== undefined)
      child.fields = this.fields.below(node);
    if (detail?.index !== undefined || this.ownPath !== undefined)
      child.ownPath = edge.transparent
        ? this.path
        : `${this.path}/${segmentOf(edge, detail?.index)}`;
    if (!node.isFrame) {
      const handles = place.handles(child.fields.labels);
      child.handles = handles;
      handles.active.value++;
      if (handles.connection !== undefined && !branch.runtime.replaying) handles.connection.value++;
      if (handles.workflows !== undefined) beginWorkflow(child, handles.workflows);
      if (!branch.runtime.inline) releaseWhenLost(child);
    }
    this.calling = child;
    if (!edge.isSilent && (this.asksTracer || child.span !== this.span))
      startSpan(child, from, detail?.attributes);
    return child;
  }

  // OpenTelemetry's Context.
  getValue(key: symbol): unknown {
    return key === SPAN_KEY ? this.span : key === CALL_KEY ? this : this.base.getValue(key);
  }
  setValue(key: symbol, value: unknown): OtelContext {
    return new DerivedContext(this, new Map([[key, value]]));
  }
  deleteValue(key: symbol): OtelContext {
    return this.setValue(key, undefined);
  }

  // The workflow's context, besides its fields.
  get state(): State {
    return this.branch.state;
  }
  get signal(): AbortSignal {
    return this.branch.scope.signal;
  }
  get deadlineMs(): number | undefined {
    const { runtime, scope } = this.branch;
    return scope.deadline === Infinity
      ? undefined
      : runtime.now() + (scope.deadline - runtime.elapsed());
  }
  get path(): string {
    return this.ownPath ?? this.place.path;
  }
  get runtime(): Runtime {
    return this.branch.runtime;
  }
  get checkpoints(): readonly Checkpoint[] {
    return this.branch.run.checkpoints;
  }
  child(overrides: ContextInit): WorkflowContext {
    return this.within(this.branch, this.fields.with(checkOverrides(overrides)));
  }
  checkpoint(name: string): void {
    const { run, runtime } = this.branch;
    run.addCheckpoint({ name, elapsedMs: runtime.elapsed() - run.startedAt });
    this.span?.addEvent("checkpoint", { "checkpoint.name": name });
  }
  score(...[name, value, options]: Parameters<WorkflowContext["score"]>): void {
    score(this, { name, value, ...options });
  }
  toOtelAttributes(): Readonly<Record<string, string>> {
    return this.fields.attributes as Readonly<Record<string, string>>;
  }
  toHeaders(): Record<string, string> {
    return headersOf(this);
  }
  call<O>(child: string | Step<never, O>, input: unknown, at?: string | number): Promise<O> {
    return callStep<O>(this, child, { input, at });
  }
  run<I, O>(step: Step<I, O>, input: I): Promise<O> {
    return runInPlace<O>(this, step, input);
  }
  async decide<O>(segment: string, read: (inner: CallContext) => O | PromiseLike<O>): Promise<O> {
    return decide(this, segment, read);
  }
  fork(items: readonly ForkItem[], policy: JoinPolicy): Promise<Join> {
    return forkKeys(this, items, policy);
  }
  forkEdges(items: readonly EdgeItem[], policy: JoinPolicy): Promise<Join> {
    return forkEdges(this, items, policy);
  }
  sleep(segment: string, ms: number): Promise<void> {
    return takeUp(this, segment, () => sleep(this, segment, ms));
  }
  waitFor<T>(name: string, options: WaitOptions = {}): Promise<T> {
    return takeUp(this, name, () => waitFor<T>(this, name, options));
  }

  /** Says something on the span of this call, where it is recorded. */
  note(attribute: string, value: string | number | boolean): void {
    if (this.isRecording) this.span!.setAttribute(attribute, value);
  }

  /** Runs what cancellation must not reach: compensations. */
  shielded<O>(run: (context: CallContext) => Promise<O>): Promise<O> {
    return shielded(this, run);
  }

  /** The same call on another branch, under other fields or below another span of the user's. */
  within(branch: Branch, fields: Fields = this.fields, from: OtelContext = this): CallContext {
    const isOwn = from === this;
    const span = isOwn ? this.span : trace.getSpan(from);
    const view = new CallContext(
      branch,
      fields,
      this,
      this.edge,
      this.place,
      isOwn ? this.base : from,
      span,
      this.asksTracer || span !== this.span,
      this.startedAt,
    );
    view.isView = true;
    view.ownPath = this.ownPath;
    view.isRecording = this.isRecording;
    return view;
  }
}

function runComposite(call: CallContext, input: unknown): unknown {
  call.isStarting = true;
  try {
    return call.edge!.node.run(input as never, call, call.handles?.meters as never);
  } finally {
    call.isStarting = false;
  }
}
