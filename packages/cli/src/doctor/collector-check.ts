import { workflow } from "@tta-dev/primitives";
import { ask } from "./ask.ts";
import { checkClock } from "./clock-check.ts";
import type { Finding } from "./finding.ts";

/**
 * Sends a span the way an application would, and says what became of it; compares clocks on the way.
 *
 * @param otlp Address of the collector; else what the environment says.
 */
export async function checkCollector(otlp: string | undefined): Promise<readonly Finding[]> {
  const { initializeObservability } = await import("@tta-dev/observability");
  const observability = initializeObservability({
    prometheus: { enabled: false },
    consoleExporter: false,
    otlpSignals: ["traces"],
    logLevel: "silent",
    anomalies: false,
    exitHooks: false,
    instrumentFetch: false,
    traceSampleRate: 1,
    ...(otlp !== undefined && { otlpEndpoint: otlp }),
  });
  const { otlpEndpoint, otlpProtocol } = observability.config;
  const endpoint = otlpEndpoint.value;
  if (endpoint !== undefined) await workflow("tta-doctor", () => "a test span").execute(undefined);
  await observability.forceFlush();
  await observability.shutdown();
  if (endpoint === undefined) return [noCollector()];
  const trouble = observability.problems.find(({ code }) => ABOUT_DELIVERY.has(code));
  const check = "test span";
  const sent: Finding =
    trouble === undefined
      ? { check, state: "ok", message: `arrived at ${endpoint} over ${otlpProtocol.value}` }
      : {
          check,
          state: "failure",
          // What becomes of the span later is no matter here: this program ends.
          message: trouble.message.split("; ", 1)[0]!,
          advice:
            "look at the address, the protocol and the headers, and whether the collector runs",
        };
  const date = await dateOf(endpoint, otlpProtocol.value);
  return [sent, checkClock(date, Date.now())];
}

const ABOUT_DELIVERY = new Set<string>([
  "collector_rejected",
  "collector_timeout",
  "collector_unavailable",
  "collector_unreachable",
  "export_failed",
  "flush_timeout",
]);

function noCollector(): Finding {
  return {
    check: "collector",
    state: "skipped",
    message: "no address of a collector is set: no trace leaves the process",
    advice: "set OTEL_EXPORTER_OTLP_ENDPOINT, or give --otlp URL",
  };
}

/** A collector over gRPC tells no time. */
async function dateOf(url: string, protocol: string): Promise<string | null | undefined> {
  if (protocol === "grpc") return undefined;
  const answer = await ask(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  return answer.kind === "answer" ? answer.response.headers.get("date") : undefined;
}
