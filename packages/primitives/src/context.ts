import type { Step } from "./primitive.ts";
import type { Join, JoinPolicy, Runtime, WaitOptions } from "./runtime/port.ts";
import type { RuntimeSource } from "./runtime/source.ts";
import type { State } from "./runtime/state.ts";

/** What a caller knows about a run. Everything is optional; nested executions inherit what they do not set. */
export interface ContextInit {
  /** Id of the run. @default a random UUID */
  readonly workflowId?: string | undefined;
  readonly workflowName?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly userId?: string | undefined;
  /** Joins what belongs to one request across services; sent as `x-correlation-id`. */
  readonly correlationId?: string | undefined;
  /** What caused this run: a message, another run. */
  readonly causationId?: string | undefined;
  readonly agentId?: string | undefined;
  /** A role, such as "coordinator" or "validator": a metric label, so never an id. */
  readonly agentType?: string | undefined;
  readonly llmProvider?: string | undefined;
  readonly llmModelName?: string | undefined;
  /** For example "fast", "balanced", "quality". */
  readonly llmModelTier?: string | undefined;
  /** Become `tag.{key}` on the root span. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Anything steps need; read-only, never sent anywhere. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** Stops the run; the run then rejects with `signal.reason`, unchanged. */
  readonly signal?: AbortSignal | undefined;
  /** Moment by which the run must be over, in epoch milliseconds. For a duration use `timeoutMs`. */
  readonly deadlineMs?: number | undefined;
  /** Time the run may take, in milliseconds. Stands still while the run waits for a person. */
  readonly timeoutMs?: number | undefined;
  /** Remote parent and baggage, as `contextFromHeaders` reads them. */
  readonly trace?: RemoteTrace | undefined;
  /** First values of `state`. */
  readonly state?: Readonly<Record<string, unknown>> | undefined;
  /** Where the run runs. @default this process, in real time */
  readonly runtime?: RuntimeSource | undefined;
  /** `"compact"` draws a step and the primitive in it as one span. @default what `initializeObservability` was told, else `"full"` */
  readonly spans?: "full" | "compact" | undefined;
}

/** W3C trace context and baggage of the caller, as they came. */
export interface RemoteTrace {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly baggage?: string | undefined;
}

/** One branch of a `context.fork`: a declared child by key, and its input. */
export interface ForkItem {
  readonly child: string;
  readonly input: unknown;
  /** Makes the path `key.index`, for children that run many times. */
  readonly index?: number;
}

/** The run as a step sees it: who it is for, how to stop, what to share, and the one door to other primitives. */
export interface WorkflowContext {
  readonly workflowId: string;
  readonly workflowName: string | undefined;
  readonly sessionId: string | undefined;
  readonly userId: string | undefined;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly agentId: string | undefined;
  readonly agentType: string | undefined;
  readonly llmProvider: string | undefined;
  readonly llmModelName: string | undefined;
  readonly llmModelTier: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
  /** Values shared by the steps of the run; see `State` for what branches see. */
  readonly state: State;
  /** Aborted when this part of the run must stop. Pass it on to `fetch` and to clients. */
  readonly signal: AbortSignal;
  /** Moment by which this part of the run must be over, in epoch milliseconds; undefined without a deadline. */
  readonly deadlineMs: number | undefined;
  /** Where this call stands in the tree: `onboard/1:enrich/docs:docs/attempt.2:search`. */
  readonly path: string;
  readonly runtime: Runtime;
  /**
   * The same place under other fields: what is executed with it inherits them.
   *
   * @throws TypeError for what belongs to the whole run (its id, signal, time limits, state, trace, runtime, spans)
   */
  child(overrides: ContextInit): WorkflowContext;
  /** Marks a moment: an event on the span, kept in `checkpoints`. */
  checkpoint(name: string): void;
  readonly checkpoints: readonly { readonly name: string; readonly elapsedMs: number }[];
  /** Scores the run: event `gen_ai.evaluation.result` on its root span and metric `evaluation.score`. */
  score(
    name: string,
    value: number,
    options?: { readonly label?: string; readonly explanation?: string },
  ): void;
  /** The fields as span attributes, absent ones left out. */
  toOtelAttributes(): Readonly<Record<string, string>>;
  /** `traceparent`, `tracestate`, `baggage` and `x-correlation-id` for a request to another service. */
  toHeaders(): Record<string, string>;
  /** Runs a declared child, by its key; `index` tells calls of one child apart (attempt, item, iteration). */
  call<O>(child: string, input: unknown, index?: number): Promise<O>;
  /** Runs any step in place, below this call. It cannot be drawn, replayed or made durable by itself: declare children for that. */
  run<I, O>(step: Step<I, O>, input: I): Promise<O>;
  /**
   * Records whatever the course of the run depends on besides its input: clocks, chance, the outside world. Inside,
   * everything is allowed, primitives executed with the context it is given included.
   */
  decide<O>(segment: string, read: (context: WorkflowContext) => O | PromiseLike<O>): Promise<O>;
  /** Runs several declared children at once. The only concurrency inside a composite. */
  fork(items: readonly ForkItem[], policy: JoinPolicy): Promise<Join>;
  sleep(segment: string, ms: number): Promise<void>;
  waitFor<T>(name: string, options?: WaitOptions): Promise<T>;
}
