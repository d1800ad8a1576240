import {
  context as otel,
  INVALID_TRACEID,
  propagation,
  trace,
  TraceFlags,
  type Attributes,
  type Context as OtelContext,
  type HrTime,
} from "@opentelemetry/api";
import { slot } from "../slot.ts";
import { CALL_KEY } from "./ambient.ts";
import type { CallContext } from "./call-context.ts";

/** User code may have set a span or baggage of its own: what it calls then hangs below that. */
export function ambientOf(context: CallContext): OtelContext {
  const active = otel.active();
  return active !== context && active.getValue(CALL_KEY) === context ? active : context;
}

/** Starts the span of a call. A tracer or span processor that throws costs the span, never the call. */
export function startSpan(
  call: CallContext,
  from: OtelContext,
  detail: Attributes | undefined,
): void {
  try {
    start(call, from, detail);
  } catch {
    call.isRecording = false;
    call.asksTracer = true;
  }
}

/** Attributes are set after the start, and only where somebody records: at the start they cost twice. */
function start(call: CallContext, from: OtelContext, detail: Attributes | undefined): void {
  const { branch, edge, place } = call;
  const { run, runtime } = branch;
  const parent = trace.getSpan(from);
  let options = call.isRoot ? place.rootOptions(call.fields.labels) : undefined;
  const { span: special } = edge!.node;
  if (special !== undefined)
    options = {
      kind: special.kind,
      attributes: { ...options?.attributes, ...special.startAttributes },
    };
  if (!runtime.wallClock) options = { ...options, startTime: hrTime(runtime.now()) };
  const span = run.tracer.startSpan(edge!.spanName, options, from);
  call.span = span;
  if (call.isRoot) run.rootSpan = span;
  call.isRecording = span.isRecording();
  if (call.isRecording) {
    span.setAttributes(place.attributes);
    span.setAttributes(call.fields.attributes);
    if (call.ownPath !== undefined) span.setAttribute("primitive.path", call.ownPath);
    if (detail !== undefined) span.setAttributes(detail);
    if (call.isRoot) setRootAttributes(call, from);
    call.asksTracer = true;
    return;
  }
  // A no-op tracer answers "no trace", or the very span it was given when that one does not record.
  const own = span.spanContext();
  const isNoop =
    own.traceId === INVALID_TRACEID ||
    (parent !== undefined && !parent.isRecording() && own.spanId === parent.spanContext().spanId);
  call.asksTracer = !(
    isNoop ||
    (slot().unsampledIsFinal && (own.traceFlags & TraceFlags.SAMPLED) === 0)
  );
}

/** Ends a span at the runtime's time: with a given start the SDK would fall back to whole milliseconds of the machine. */
export function endSpan(call: CallContext): void {
  const { runtime } = call.branch;
  try {
    if (runtime.wallClock) call.span!.end();
    else call.span!.end(hrTime(runtime.now()));
  } catch {
    // A span processor that throws at the end costs the span, never the result.
  }
}

/** As a tuple, because the API takes small numbers for offsets of this process. */
function hrTime(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1000);
  return [seconds, Math.round((epochMs - seconds * 1000) * 1e6)];
}

function setRootAttributes(call: CallContext, from: OtelContext): void {
  const span = call.span!;
  const { tags } = call.fields;
  for (const key of Object.keys(tags)) span.setAttribute(`tag.${key}`, tags[key]!);
  const { baggageKeys } = slot();
  if (baggageKeys.length === 0) return;
  const baggage = propagation.getBaggage(from);
  for (const key of baggageKeys) {
    const entry = baggage?.getEntry(key);
    if (entry !== undefined && entry.value !== "") span.setAttribute(`baggage.${key}`, entry.value);
  }
}
