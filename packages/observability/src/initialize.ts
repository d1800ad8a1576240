import { diag } from "@opentelemetry/api";
import { resolveConfig } from "./config/config.ts";
import type { ObservabilityOptions } from "./config/options.ts";
import { createTerminal } from "./console/terminal.ts";
import { withinDeadline } from "./deadline.ts";
import { sendBlocking } from "./exit/blocking.ts";
import { createExitDelivery } from "./exit/exit-delivery.ts";
import { installExitHooks } from "./exit/hooks.ts";
import { openSpool } from "./exit/spool.ts";
import type { Observability } from "./observability.ts";
import { createProblemLog } from "./problem.ts";
import { sharedSlot } from "./shared-slot.ts";
import type { Attachable } from "./parts/attachment.ts";
import { createAttachment } from "./parts/attachment.ts";
import { checkPartOptions } from "./parts/checked-options.ts";
import { startDisabled } from "./parts/disabled.ts";
import type { StartedParts } from "./parts/start.ts";
import { startParts } from "./parts/start.ts";
import { buildResource } from "./resource.ts";

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
  const checked = checkPartOptions(options);
  const terminal = config.consoleExporter.value ? createTerminal(process.stderr) : undefined;
  listen(({ code, message }) => {
    diag.warn(`@tta-dev/observability: ${code}: ${message}`);
    terminal?.print(`${terminal.paint("yellow", `observability: ${code}`)} ${message}`);
  });
  const timeoutMs = config.shutdownTimeoutMs.value;
  const folder = config.spoolFolder.value;
  const service = config.serviceName.value;
  const exit = createExitDelivery({
    sendBlocking,
    spool: folder === undefined ? undefined : openSpool({ folder, service, report }),
    timeoutMs,
    report,
  });
  const attachment = createAttachment(report);
  const parts = config.disabled.value
    ? startDisabled(shared, config)
    : startParts({
        options,
        checked,
        resolved,
        resource: buildResource(resolved),
        terminal,
        shared,
        exit,
        attachment,
        report,
      });

  const giveUpLate = async (work: Promise<unknown>, doing: string): Promise<number> => {
    const leftMs = await withinDeadline(work, timeoutMs);
    if (leftMs === 0) {
      report({
        code: "flush_timeout",
        message: `${doing} was given up after ${timeoutMs} ms: whoever takes the telemetry does not answer in time`,
      });
    }
    return leftMs;
  };
  const flush = (doing: string): Promise<number> =>
    giveUpLate(Promise.allSettled([parts.forceFlush(), exit.resent()]), doing);
  const somebodyListens =
    Object.values(resolved.collectors).some((collector) => collector !== undefined) ||
    options.spanProcessors !== undefined;
  const takeBackHooks =
    config.exitHooks.value && !config.disabled.value && somebodyListens
      ? installExitHooks({
          flush: () => flush("the flush at the end of the process"),
          deliver: exit.deliver,
          timeoutMs,
        })
      : () => undefined;

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    shared.observability = undefined;
    parts.look();
    // Begun before anything is taken back: gauges are in the last push.
    const stopping = parts.shutdown();
    parts.release();
    if ((await giveUpLate(stopping, "shutdown")) === 0) parts.abandon();
    // To the last: the process may end while it is being shut down.
    takeBackHooks();
    exit.deliver(0);
  };

  const observability: Observability = {
    enabled: !config.disabled.value,
    problems,
    config,
    ready: parts.ready.then(() => undefined),
    get metricsUrl() {
      return parts.metricsUrl();
    },
    ...askable(parts),
    ...attachment.offered,
    async forceFlush() {
      await flush("forceFlush");
    },
    session: () => ({
      async [Symbol.asyncDispose]() {
        await flush("the flush at the end of a session");
      },
    }),
    shutdown: () => (stopped ??= stop()),
  };
  shared.observability = { observability, report };
  return observability;
}

/** What can be asked of the parts. */
function askable({
  analysis,
  slo,
  collectors,
  anomalies,
}: StartedParts): Omit<
  Observability,
  | "enabled"
  | "problems"
  | "config"
  | "ready"
  | "metricsUrl"
  | "forceFlush"
  | "session"
  | "shutdown"
  | keyof Attachable
> {
  const { percentiles, throughput, cost, collector } = analysis;
  const { components, circuits, llm } = collectors;
  return { percentiles, throughput, cost, collector, slo, anomalies, components, circuits, llm };
}
