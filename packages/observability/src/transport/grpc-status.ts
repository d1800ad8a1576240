import type { Metadata, ServiceError } from "@grpc/grpc-js";
import type { ExportResponse } from "@opentelemetry/otlp-exporter-base";
import type { FailureKind } from "./export-failure.ts";
import { ExportFailure } from "./export-failure.ts";
import { retryable } from "./retryable.ts";
import { readRetryInfo } from "./retry-info.ts";

/** The codes of gRPC, by number: https://grpc.io/docs/guides/status-codes/ */
const NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** To be tried again; RESOURCE_EXHAUSTED only where the collector says when: https://opentelemetry.io/docs/specs/otlp/#failures */
const RETRYABLE = new Set([
  "CANCELLED",
  "DEADLINE_EXCEEDED",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNAVAILABLE",
  "DATA_LOSS",
]);

/** What the library itself says where there is no connection, or where it breaks. */
const NO_CONNECTION =
  /no connection established|connection dropped|name resolution failed|\bE[A-Z]{5,}\b/i;
/** What it says of somebody who speaks something else: the "length" of a page's first letters is one of many. */
const NO_GRPC =
  /protocol error|invalid content-type|missing grpc-status|received message larger than max/i;

/** Turns what a call ended with into what to do about it. */
export function answerToError({ code, details, metadata }: ServiceError): ExportResponse {
  const status = NAMES[code] ?? String(code);
  const retryAfterMs = retryPause(metadata);
  const kind = kindOf(status, details, retryAfterMs);
  const words =
    kind === "unreachable" || kind === "garbled" ? withoutFrame(details) : `status ${status}`;
  const error = new ExportFailure(kind, words, { status, retryAfterMs });
  return error.isTemporary ? retryable(error) : { status: "failure", error };
}

function kindOf(status: string, details: string, retryAfterMs: number | undefined): FailureKind {
  if (status === "DEADLINE_EXCEEDED") return "timeout";
  if (NO_GRPC.test(details)) return "garbled";
  if (NO_CONNECTION.test(details)) return "unreachable";
  if (status === "RESOURCE_EXHAUSTED" && retryAfterMs !== undefined) return "unavailable";
  return RETRYABLE.has(status) ? "unavailable" : "rejected";
}

/** "No connection established. Last error: Error: connect ECONNREFUSED … (time). Resolution note: …" says too much. */
function withoutFrame(details: string): string {
  const [, cause = details] =
    /Last error: (?:Error: )?(.*?)(?: \([^()]*\))?\. Resolution/s.exec(details) ?? [];
  return cause;
}

function retryPause(metadata: Metadata | undefined): number | undefined {
  const [details] = metadata?.get("grpc-status-details-bin") ?? [];
  return Buffer.isBuffer(details) ? readRetryInfo(details) : undefined;
}
