import { startAnalysis } from "../analysis/analysis.ts";
import type { ObservabilityConfig } from "../config/config.ts";
import { noSlos } from "../slo/slo-surface.ts";
import { createProblemLog } from "../problem.ts";
import type { SharedSlot } from "../shared-slot.ts";
import { registerPropagation } from "../tracing/propagation.ts";
import { startCollectorsPart } from "./collectors-part.ts";
import { joinParts } from "./part.ts";
import type { StartedParts } from "./start.ts";

/**
 * What runs where everything is turned off. Propagation is left alone: a service in the middle must not break the traces
 * of others. What the program asks is answered from what the primitives count in any case.
 */
export function startDisabled(shared: SharedSlot, config: ObservabilityConfig): StartedParts {
  const release = registerPropagation(config.propagators.value);
  const analysis = startAnalysis({ shared });
  const { report } = createProblemLog();
  const collectors = startCollectorsPart(
    { checked: { components: [], componentState: "" }, shared, report },
    noSlos,
  );
  const rest = {
    release() {
      analysis.release();
      release();
    },
  };
  return {
    ...joinParts([collectors, rest]),
    metricsUrl: () => undefined,
    analysis,
    slo: noSlos,
    collectors,
    anomalies: () => [],
    look: () => undefined,
  };
}
