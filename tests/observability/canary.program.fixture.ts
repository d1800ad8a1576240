// A program with every output on, which handles secrets without a thought. Ends as ENDING says.
import { initializeObservability } from "@tta-dev/observability";
import type { ObservabilityOptions } from "@tta-dev/observability";
import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { plantCanaries } from "../../packages/observability/src/logging/canary.fixture.ts";

const { OPTIONS = "{}", ENDING = "shutdown", REPORT = "" } = process.env;
const observability = initializeObservability({
  ...(JSON.parse(OPTIONS) as ObservabilityOptions),
  baggageKeys: ["partner"],
});
const nothing = (): void => undefined;
await observability.ready;
await plantCanaries({ debug: nothing, log: nothing, info: nothing, warn: nothing, error: nothing });

const page = async (accept: string): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(observability.metricsUrl ?? "", { headers: { accept } }, (response) => {
    text(response).then(resolve, reject);
  });
  return promise;
};
const shown = {
  text: await page("text/plain"),
  openmetrics: await page("application/openmetrics-text"),
  status: observability.slo.status(),
  cost: observability.cost(),
  anomalies: observability.anomalies(),
  config: observability.config,
};
if (ENDING === "exit") {
  process.on("exit", () => {
    report();
  });
  process.exit(3);
}
await observability.shutdown();
report();

function report(): void {
  const whole = { depth: null, maxArrayLength: null, maxStringLength: null };
  writeFileSync(REPORT, inspect({ ...shown, problems: observability.problems }, whole));
}
