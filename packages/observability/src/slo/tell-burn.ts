import type { LogEvent, Slot } from "@tta-dev/primitives";
import type { Report } from "../problem.ts";
import type { BurnEvent } from "./burn-event.ts";

export interface BurnTellers {
  readonly logListeners: Slot["logListeners"];
  readonly onBurn: ((event: BurnEvent) => unknown) | undefined;
  readonly report: Report;
}

/** Tells of a burn event as a log line and by the callback. Never throws. */
export function tellBurn(event: BurnEvent, { logListeners, onBurn, report }: BurnTellers): void {
  const line = logLine(event);
  for (const listener of logListeners) {
    try {
      listener(line);
    } catch {
      // A listener is somebody's telemetry: it must not keep the others from hearing.
    }
  }
  if (onBurn === undefined) return;
  const failed = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    report({
      code: "slo_listener",
      message: `onBurn failed for the SLO "${event.slo}": ${reason}`,
    });
  };
  try {
    void Promise.resolve(onBurn(event)).catch(failed);
  } catch (error) {
    failed(error);
  }
}

function logLine(event: BurnEvent): LogEvent {
  const { slo, workflow, severity, objective, factor } = event;
  const started = event.state === "started";
  return {
    event: started ? "slo.burn_started" : "slo.burn_ended",
    level: started ? (severity === "page" ? "error" : "warn") : "info",
    timestampMs: event.atMs,
    primitiveName: workflow ?? slo,
    primitivePath: workflow ?? slo,
    ...(workflow !== undefined && { workflowName: workflow }),
    fields: {
      slo,
      severity,
      objective,
      long_window: event.longWindow,
      short_window: event.shortWindow,
      factor,
      ...known("long_burn_rate", event.longBurnRate),
      ...known("short_burn_rate", event.shortBurnRate),
      ...known("error_budget_remaining", event.errorBudgetRemaining),
    },
  };
}

function known(field: string, value: number | undefined): Readonly<Record<string, number>> {
  return value === undefined ? {} : { [field]: value };
}
