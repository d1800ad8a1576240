import { diag } from "@opentelemetry/api";
import { resolveConfig } from "./config/config.ts";
import type { ObservabilityOptions } from "./config/options.ts";
import { createTerminal } from "./console/terminal.ts";
import { withinDeadline } from "./deadline.ts";
import type { Observability } from "./observability.ts";
import { createProblemLog } from "./problem.ts";
import { sharedSlot } from "./shared-slot.ts";
import { startParts } from "./parts.ts";

/**
 * Starts to deliver what the primitives record: traces to a collector or to the console, metrics to Prometheus.
 *
 * Returns at once. Nothing that goes wrong around the program (a taken port, a dead collector, a wrong environment
 * variable) is an exception or delays a workflow; all of it is in `problems`. Called again, it returns what runs
 * already. An OpenTelemetry SDK that the application registered before keeps its place and gets the spans.
 *
 * @throws TypeError or RangeError for a wrong option: it names the option, the value and what was expected.
 * @example
 * ```ts
 * import { initializeObservability } from "@tta-dev/observability";
 *
 * const observability = initializeObservability({ serviceName: "support-desk", otlpEndpoint: "http://localhost:4318" });
 * // … workflows run …
 * await observability.shutdown();
 * for (const problem of observability.problems) process.stderr.write(`${problem.code}: ${problem.message}\n`);
 * ```
 */
export function initializeObservability(options: ObservabilityOptions = {}): Observability {
  const shared = sharedSlot();
  if (shared.observability !== undefined) {
    const { observability, report } = shared.observability;
    report({
      code: "already_initialized",
      message:
        "initializeObservability was called again: what the first call started goes on, and the new options are ignored",
    });
    return observability;
  }

  const { problems, report, listen } = createProblemLog();
  const resolved = resolveConfig(options, {
    environment: process.env,
    atTerminal: process.stdout.isTTY && process.stderr.isTTY,
    report,
  });
  const { config } = resolved;
  const terminal = config.consoleExporter.value ? createTerminal(process.stderr) : undefined;
  listen(({ code, message }) => {
    diag.warn(`@tta-dev/observability: ${code}: ${message}`);
    terminal?.print(`${terminal.paint("yellow", `observability: ${code}`)} ${message}`);
  });
  const parts = startParts({
    resolved,
    processors: options.spanProcessors ?? [],
    terminal,
    shared,
    report,
  });

  const timeoutMs = config.shutdownTimeoutMs.value;
  const giveUpLate = async (work: Promise<unknown>, doing: string): Promise<boolean> => {
    const inTime = await withinDeadline(work, timeoutMs);
    if (!inTime) {
      report({
        code: "flush_timeout",
        message: `${doing} was given up after ${timeoutMs} ms; what was not sent is lost`,
      });
    }
    return inTime;
  };
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    shared.observability = undefined;
    parts.release();
    if (!(await giveUpLate(parts.shutdown(), "shutdown"))) parts.abandon();
  };

  const observability: Observability = {
    enabled: !config.disabled.value,
    problems,
    config,
    ready: parts.ready,
    get metricsUrl() {
      return parts.metricsUrl();
    },
    async forceFlush() {
      await giveUpLate(parts.forceFlush(), "forceFlush");
    },
    shutdown: () => (stopped ??= stop()),
  };
  shared.observability = { observability, report };
  return observability;
}
