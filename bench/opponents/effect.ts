import { randomUUID } from "node:crypto";
import { Context, Effect, Tracer } from "effect";
import {
  draft,
  enrich,
  validate,
  type ContextSize,
  type Reply,
  type RequestContext,
  type Ticket,
} from "../scenario.ts";
import { attributeLiterals } from "./attribute-literals.ts";
import { createCollectingTracer, type CollectingTracer } from "./effect-tracer.ts";
import {
  draftPlace,
  enrichPlace,
  sequentialPlace,
  validatePlace,
  workflowPlace,
  type Place,
} from "./places.ts";

type Attributes = Readonly<Record<string, unknown>>;
type Program = (ticket: Ticket, request: RequestContext) => Effect.Effect<Reply>;
type Answer = (ticket: Ticket, request: RequestContext) => Promise<Reply>;

/** The workflow in Effect, with what collects its spans. */
export interface EffectContestant {
  readonly run: Answer;
  readonly tracer: CollectingTracer;
}

/** How the program is written. */
export interface EffectStyle {
  readonly size: ContextSize;
  /** Whether `withSpan` notes where it was called, as it does unless told otherwise. */
  readonly stackTraces: boolean;
}

/** The workflow in Effect under a tracer that collects its spans and drops them in batches. */
export function createEffect(style: EffectStyle): EffectContestant {
  const tracer = createCollectingTracer();
  const runPromise = Effect.runPromiseWith(Context.make(Tracer.Tracer, tracer));
  const program = createProgram(style);
  return { tracer, run: (ticket, request) => runPromise(program(ticket, request)) };
}

/** The same workflow where no tracer was installed: Effect's own makes the spans and nobody collects them. */
export function createEffectWithoutExporter(style: EffectStyle): Answer {
  const program = createProgram(style);
  return (ticket, request) => Effect.runPromise(program(ticket, request));
}

/** `Effect.withSpan` round every step, and no metrics: Effect is measured with the spans and attributes alone. */
function createProgram({ size, stackTraces }: EffectStyle): Program {
  const { composite, step } = attributeLiterals[size];

  const traced = <O>(
    work: Effect.Effect<O>,
    place: Place,
    attributes: Attributes,
  ): Effect.Effect<O> =>
    stackTraces
      ? Effect.withSpan(work, place.spanName, { attributes })
      : Effect.withSpan(work, place.spanName, { attributes, captureStackTrace: false });

  return (ticket, request) => {
    const id = randomUUID();
    const validated = traced(
      Effect.promise(() => validate(ticket)),
      validatePlace,
      step(validatePlace, id, request),
    );
    const enriched = Effect.flatMap(validated, (valid) =>
      traced(
        Effect.promise(() => enrich(valid)),
        enrichPlace,
        step(enrichPlace, id, request),
      ),
    );
    const drafted = Effect.flatMap(enriched, (rich) =>
      traced(
        Effect.promise(() => draft(rich)),
        draftPlace,
        step(draftPlace, id, request),
      ),
    );
    const sequence = traced(drafted, sequentialPlace, composite(sequentialPlace, id, request));
    return traced(sequence, workflowPlace, composite(workflowPlace, id, request));
  };
}
