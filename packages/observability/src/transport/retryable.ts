import type { ExportResponseRetryable } from "@opentelemetry/otlp-exporter-base";
import type { ExportFailure } from "./export-failure.ts";

/** Says of a failure that the same request may be sent again, and when. */
export function retryable(error: ExportFailure): ExportResponseRetryable {
  const { retryAfterMs } = error;
  return {
    status: "retryable",
    error,
    ...(retryAfterMs !== undefined && { retryInMillis: retryAfterMs }),
  };
}
