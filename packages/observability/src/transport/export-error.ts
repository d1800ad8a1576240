import type { ProblemReport } from "../problem.ts";
import type { FailureKind } from "./export-failure.ts";
import { ExportFailure } from "./export-failure.ts";
import type { Items } from "./signal.ts";

/** What was not delivered, where, and what becomes of it. */
export interface FailedExport {
  readonly count: number;
  readonly items: Pick<Items<never>, "one" | "many">;
  readonly destination: string;
  /** @default "lost" */
  readonly fate?: Fate | undefined;
}

/** `kept`: it is sent again, or, being totals, is in what is sent next. */
export type Fate = "lost" | "kept";

const UNREACHABLE = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
]);

/** Puts a failed export into words: what happened, how much was lost, what to look at. */
export function describeExportError(error: unknown, failed: FailedExport): ProblemReport {
  const { items, destination } = failed;
  const words = error instanceof Error ? error.message : String(error);
  const fate = describeFate(failed);
  const at = `the collector at ${destination}`;
  const { kind, status } = kindOf(error);
  switch (kind) {
    case "unreachable":
      return {
        code: "collector_unreachable",
        message: `${at} cannot be reached (${words}); ${fate}`,
        subject: items.many,
      };
    case "timeout":
      return {
        code: "collector_timeout",
        message: `${at} did not answer in time; ${fate}`,
        subject: items.many,
      };
    case "unavailable":
      return {
        code: "collector_unavailable",
        message: `${at} takes nothing for now (status ${status}); ${fate}`,
        subject: items.many,
      };
    case "rejected":
      return {
        code: "collector_rejected",
        message: `${at} refuses the ${items.many} (status ${status}); ${fate}. Is it an OTLP endpoint for this protocol, and are the headers right?`,
        subject: `${items.many} ${status}`,
      };
    case "garbled":
      return {
        code: "collector_rejected",
        message: `what answers at ${destination} does not speak this protocol (${words}); ${fate}. Is the port the one for it?`,
        subject: `${items.many} protocol`,
      };
    case "other":
      return {
        code: "export_failed",
        message: `${items.many} could not be sent to ${destination} (${words}); ${fate}`,
      };
  }
}

function describeFate({ count, items, fate = "lost" }: FailedExport): string {
  const [noun, is] = count === 1 ? [items.one, "is"] : [items.many, "are"];
  return `${count} ${noun} ${is} ${fate === "lost" ? "lost" : "sent again later"}`;
}

interface Failure {
  readonly kind: FailureKind | "other";
  readonly status: string;
}

/** An exporter that is not ours tells by a code: a number of HTTP, a name of Node; or only by its words. */
function kindOf(error: unknown): Failure {
  if (error instanceof ExportFailure) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const words = error instanceof Error ? error.message : "";
  const failure = (kind: Failure["kind"], status = ""): Failure => ({ kind, status });
  if (typeof code === "number") return failure("rejected", String(code));
  if (code === "ETIMEDOUT" || /timed out|timeout/i.test(words)) return failure("timeout");
  if (typeof code === "string" && UNREACHABLE.has(code)) return failure("unreachable");
  if (/retryable status/i.test(words)) return failure("unavailable", "429, 502, 503 or 504");
  return failure("other");
}
