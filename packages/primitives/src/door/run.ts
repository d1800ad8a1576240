import { trace, type Span, type Tracer, type TracerProvider } from "@opentelemetry/api";
import type { RunDeadline } from "../runtime/deadline.ts";
import type { RunHome } from "../runtime/in-process.ts";
import { Mailbox } from "../runtime/mailbox.ts";
import type { Runtime } from "../runtime/port.ts";
import type { Scope } from "../runtime/scope.ts";
import { State } from "../runtime/state.ts";
import { slot } from "../slot.ts";

export interface Checkpoint {
  readonly name: string;
  readonly elapsedMs: number;
}

/** What all calls of one run have in common. */
export class Run implements RunHome {
  readonly tracer: Tracer;
  /** One span for a step and the primitive in it. */
  readonly isCompact: boolean;
  deadline: RunDeadline | undefined = undefined;
  rootSpan: Span | undefined = undefined;
  /** True once a call of this run has seen that OpenTelemetry has no context manager. */
  isCarriedByUs = false;
  startedAt = 0;
  waitingMs = 0;
  /** Part of the waiting that was for somebody's signal. */
  pausedMs = 0;
  attempts = 0;
  /** Tokens and money of the run's model calls so far. */
  tokens = 0;
  spentNanoUsd = 0;
  /** Where the id is made, once somebody asks for it. */
  named: { readonly workflowId: string } | undefined = undefined;
  #checkpoints: Checkpoint[] | undefined = undefined;
  #mailbox: Mailbox | undefined = undefined;

  constructor(tracer: Tracer, isCompact: boolean) {
    this.tracer = tracer;
    this.isCompact = isCompact;
  }

  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints ?? [];
  }

  addCheckpoint(checkpoint: Checkpoint): void {
    (this.#checkpoints ??= []).push(checkpoint);
  }

  mailbox(): Mailbox {
    if (this.#mailbox === undefined) {
      this.#mailbox = new Mailbox();
      slot().mailboxes.set(this.named!.workflowId, this.#mailbox);
    }
    return this.#mailbox;
  }

  /** The run has settled: nothing can reach it any more. */
  close(): void {
    this.deadline?.stop();
    if (this.#mailbox === undefined) return;
    const { mailboxes } = slot();
    if (mailboxes.get(this.named!.workflowId) === this.#mailbox)
      mailboxes.delete(this.named!.workflowId);
  }
}

/** One strand of a run: what runs one thing after another, on one runtime, under one scope. */
export class Branch {
  readonly run: Run;
  readonly runtime: Runtime;
  readonly scope: Scope;
  #state: State | undefined;

  // oxlint-disable-next-line max-params -- one of these is made per run and per branch, on the hot path
  constructor(run: Run, runtime: Runtime, scope: Scope, state?: State) {
    this.run = run;
    this.runtime = runtime;
    this.scope = scope;
    this.#state = state;
  }

  get state(): State {
    return (this.#state ??= new State());
  }
}

/** The tracer last asked for, and of whom. */
const known: { provider: TracerProvider | undefined; tracer: Tracer | undefined } = {
  provider: undefined,
  tracer: undefined,
};

/** The tracer of the registered provider: asked again when another is registered, because a second SDK must be seen. */
export function currentTracer(): Tracer {
  const provider = trace.getTracerProvider();
  if (provider !== known.provider || known.tracer === undefined) {
    known.provider = provider;
    known.tracer = provider.getTracer("@tta-dev/primitives");
  }
  return known.tracer;
}
