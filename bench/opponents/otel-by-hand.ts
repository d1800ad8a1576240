import { randomUUID } from "node:crypto";
import { SpanStatusCode, trace, type Attributes } from "@opentelemetry/api";
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
import { createInstruments } from "./instruments.ts";
import {
  draftPlace,
  enrichPlace,
  sequentialPlace,
  validatePlace,
  workflowPlace,
  type Place,
} from "./places.ts";

/**
 * The workflow as a team would write it with the OpenTelemetry API: one active span a step, every attribute that is
 * known at the start in one literal, a histogram and a counter a span with label objects made once, status on every
 * span an error passes, and the exception recorded on the span it started in.
 */
export function createByHand(
  size: ContextSize,
): (ticket: Ticket, request: RequestContext) => Promise<Reply> {
  const tracer = trace.getTracer("answer-question");
  const { count, duration } = createInstruments();
  const { composite, step } = attributeLiterals[size];

  /** The error that some span has as an exception already. */
  let recorded: unknown;

  function traced<O>(place: Place, attributes: Attributes, work: () => Promise<O>): Promise<O> {
    return tracer.startActiveSpan(place.spanName, { attributes }, async (span) => {
      const startedAt = performance.now();
      try {
        const output = await work();
        duration.record((performance.now() - startedAt) / 1000, place.durationLabels);
        count.add(1, place.countLabels);
        span.setAttribute("execution.status", "success");
        return output;
      } catch (thrown) {
        const error = thrown as Error;
        duration.record((performance.now() - startedAt) / 1000, {
          ...place.durationLabels,
          status: "error",
        });
        count.add(1, { ...place.countLabels, status: "error", error_type: error.name });
        span.setAttributes({
          "execution.status": "error",
          "error.type": error.name,
          "error.message": error.message,
        });
        if (recorded !== error) span.recordException(error);
        recorded = error;
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  return (ticket, request) => {
    const id = randomUUID();
    return traced(workflowPlace, composite(workflowPlace, id, request), () =>
      traced(sequentialPlace, composite(sequentialPlace, id, request), async () => {
        const valid = await traced(validatePlace, step(validatePlace, id, request), () =>
          validate(ticket),
        );
        const rich = await traced(enrichPlace, step(enrichPlace, id, request), () => enrich(valid));
        return traced(draftPlace, step(draftPlace, id, request), () => draft(rich));
      }),
    );
  };
}
