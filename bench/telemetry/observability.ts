import { initializeObservability } from "@tta-dev/observability";
import { slot } from "@tta-dev/primitives";

/**
 * Starts what `initializeObservability` starts by default, beside the SDK that both sides share: what listens to runs
 * (throughput, SLOs, anomalies, logs) and what it knows of its own sampler.
 */
export function startObservability(): void {
  initializeObservability({
    serviceName: "bench",
    existingSdk: true,
    prometheus: { enabled: false },
    consoleExporter: false,
  });
  slot().unsampledIsFinal = true;
}
