import type { ProblemReport } from "../problem.ts";

/** What was not delivered, and where. */
export interface FailedExport {
  readonly spans: number;
  readonly destination: string;
}

const UNREACHABLE = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
]);

/** Words of the OTLP exporter, which gives no code for these two. */
const TIMED_OUT = /timed out|timeout/i;
const ASKED_TO_RETRY = /retryable status/i;

/** Puts a failed export into words: what happened, how much was lost, what to look at. */
export function describeExportError(
  error: unknown,
  { spans, destination }: FailedExport,
): ProblemReport {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const words = error instanceof Error ? error.message : String(error);
  const lost = `${spans} ${spans === 1 ? "span is" : "spans are"} lost`;
  const at = `the collector at ${destination}`;

  if (typeof code === "string" && UNREACHABLE.has(code)) {
    return {
      code: "collector_unreachable",
      message: `${at} cannot be reached (${words}); ${lost}`,
    };
  }
  if (code === "ETIMEDOUT" || TIMED_OUT.test(words)) {
    return { code: "collector_timeout", message: `${at} did not answer in time; ${lost}` };
  }
  if (ASKED_TO_RETRY.test(words)) {
    return {
      code: "collector_unavailable",
      message: `${at} takes nothing for now (status 429, 502, 503 or 504 at every attempt); ${lost}`,
    };
  }
  if (typeof code === "number") {
    // The body of the answer stays out: it is foreign text, and may repeat what was sent.
    return {
      code: "collector_rejected",
      message: `${at} refuses the spans (status ${code}); ${lost}. Is it an OTLP/HTTP endpoint, and are the headers right?`,
      subject: String(code),
    };
  }
  return {
    code: "export_failed",
    message: `spans could not be sent to ${destination} (${words}); ${lost}`,
  };
}
