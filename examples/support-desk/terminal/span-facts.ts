import { singleLine } from "./display-width.ts";
import { durationText } from "./duration-text.ts";
import { countText, countedText } from "./number-text.ts";
import type { SpanRecord } from "./span-record.ts";

type Attributes = SpanRecord["attributes"];

/**
 * Tells what is worth knowing of a span besides its name and duration, most telling first.
 *
 * @param failedBelow whether the span's failure came from a child, which then tells its message
 */
export function spanFacts(span: SpanRecord, failedBelow: boolean): readonly string[] {
  const { attributes } = span;
  return [
    nameOf(span),
    agentOf(attributes),
    ...attemptFacts(attributes),
    ...retryFacts(attributes),
    ...cacheFacts(attributes),
    ...routeFacts(attributes),
    ...waitFacts(attributes),
    ...timeoutFacts(attributes),
    ...breakerFacts(attributes),
    ...tokenFacts(attributes),
    ...requestFacts(attributes),
    ...rootFacts(span),
    ...failureFacts(attributes, failedBelow),
  ].filter((fact) => fact !== undefined);
}

/**
 * The name of a step or of the primitive itself, when somebody chose one: paths are names nobody chose. A model call's
 * span has it in its own name.
 */
function nameOf({ name: spanName, attributes }: SpanRecord): string | undefined {
  const name = textOf(attributes, "step.name") ?? textOf(attributes, "primitive.name");
  return name === undefined || name.includes("/") || spanName.endsWith(` ${name}`)
    ? undefined
    : name;
}

/** Which agent a workflow is, where its name does not say so. */
function agentOf(attributes: Attributes): string | undefined {
  const agent = textOf(attributes, "agent.type");
  const isWorkflow = attributes["primitive.type"] === "workflow" && !("step.name" in attributes);
  return isWorkflow && agent !== attributes["primitive.name"] ? agent : undefined;
}

function attemptFacts(attributes: Attributes): readonly string[] {
  const attempt = numberOf(attributes, "retry.attempt");
  if (attempt === undefined) return [];
  const of = numberOf(attributes, "retry.max_attempts");
  const delayMs = numberOf(attributes, "retry.delay_ms") ?? 0;
  const reason = textOf(attributes, "retry.reason");
  const facts = [`attempt ${attempt}${of === undefined ? "" : ` of ${of}`}`];
  if (delayMs > 0) facts.push(`${durationText(delayMs)} after ${reason ?? "the one before"}`);
  else if (reason !== undefined) facts.push(`at once after ${reason}`);
  return facts;
}

function retryFacts(attributes: Attributes): readonly (string | undefined)[] {
  const limitedBy = textOf(attributes, "retry.limited_by");
  return [
    attributes["retry.recovered"] === true ? "recovered" : undefined,
    limitedBy === undefined ? undefined : `ended by ${limitedBy}`,
  ];
}

function cacheFacts(attributes: Attributes): readonly (string | undefined)[] {
  const kind = textOf(attributes, "cache.kind");
  if (kind === undefined) return [];
  return [kind === "miss" ? "miss" : `hit (${kind})`];
}

function routeFacts(attributes: Attributes): readonly (string | undefined)[] {
  const route = textOf(attributes, "router.route");
  const reason = textOf(attributes, "router.reason");
  return route === undefined ? [] : [`to ${route}${reason === undefined ? "" : ` (${reason})`}`];
}

function waitFacts(attributes: Attributes): readonly (string | undefined)[] {
  const kind = textOf(attributes, "wait.kind");
  if (kind === undefined) return [];
  const name = textOf(attributes, "wait.name");
  return [`waits for ${name ?? kind}`, textOf(attributes, "wait.outcome")];
}

function timeoutFacts(attributes: Attributes): readonly (string | undefined)[] {
  const limitMs = numberOf(attributes, "timeout.limit_ms");
  if (limitMs === undefined) return [];
  return [
    `limit ${durationText(limitMs)}`,
    attributes["timeout.expired"] === true ? "expired" : undefined,
  ];
}

function breakerFacts(attributes: Attributes): readonly (string | undefined)[] {
  return [
    textOf(attributes, "circuit_breaker.transition") ?? textOf(attributes, "circuit_breaker.state"),
  ];
}

function tokenFacts(attributes: Attributes): readonly (string | undefined)[] {
  const input = numberOf(attributes, "gen_ai.usage.input_tokens");
  const output = numberOf(attributes, "gen_ai.usage.output_tokens");
  if (input === undefined && output === undefined) return [];
  return [`${countText(input ?? 0)} tokens in, ${countText(output ?? 0)} out`];
}

/** Of a request over HTTP: what was asked, and the answer's status. */
function requestFacts(attributes: Attributes): readonly (string | undefined)[] {
  if (!("http.request.method" in attributes)) return [];
  const status = numberOf(attributes, "http.response.status_code");
  return [textOf(attributes, "url.path"), status === undefined ? undefined : `status ${status}`];
}

function rootFacts({ attributes, parentSpanId }: SpanRecord): readonly (string | undefined)[] {
  if (parentSpanId !== undefined) return [];
  const attempts = numberOf(attributes, "workflow.attempts");
  const tokens = numberOf(attributes, "workflow.tokens.total");
  const waitingMs = numberOf(attributes, "workflow.waiting_ms") ?? 0;
  return [
    attempts === undefined ? undefined : countedText(attempts, "attempt"),
    tokens === undefined ? undefined : countedText(tokens, "token"),
    waitingMs > 0 ? `${durationText(waitingMs)} waiting` : undefined,
  ];
}

function failureFacts(
  attributes: Attributes,
  failedBelow: boolean,
): readonly (string | undefined)[] {
  const outcome = textOf(attributes, "execution.status");
  const type = textOf(attributes, "error.type");
  const message = failedBelow ? undefined : textOf(attributes, "error.message");
  const failure = [type, message].filter((part) => part !== undefined).join(": ");
  return [
    outcome === undefined || outcome === "success" || outcome === "error" ? undefined : outcome,
    failure === "" ? undefined : failure,
  ];
}

function textOf(attributes: Attributes, key: string): string | undefined {
  const value = attributes[key];
  const text = typeof value === "string" ? singleLine(value) : "";
  return text === "" ? undefined : text;
}

function numberOf(attributes: Attributes, key: string): number | undefined {
  const value = attributes[key];
  return typeof value === "number" ? value : undefined;
}
