import { checkNumber, checkOneOf, checkOptions, describe } from "../options.ts";
import { checkName } from "../primitive.ts";
import { extras } from "../slot.ts";
import {
  alertErrorRatio,
  burnSeverities,
  defaultBurnAlerts,
  highestBurnRate,
  type BurnAlert,
} from "./burn-alert.ts";
import { declareSlosOf } from "./declare-slos.ts";
import { defineIndicator } from "./define-indicator.ts";
import type { Slo, SloOptions } from "./slo.ts";
import { burnWindowMs, burnWindows } from "./windows.ts";

const WINDOW_DAYS = 30;
const MAX_WINDOW_DAYS = 366;
const MIN_EVENTS = 10;

/**
 * Declares a service level objective: which part of the events of a kind has to be good.
 *
 * It does nothing by itself. Give it to the workflow it is about (`workflow(name, step, { slos })`) or to
 * `initializeObservability({ slos })`, which counts its events and tells when its error budget is spent too fast.
 *
 * @throws TypeError or RangeError for a wrong option: it names the option, the value and what was expected. So is an
 * alert refused that could never burn, because its factor × (1 − objective) is 1 or more.
 * @example
 * ```ts
 * import { workflow } from "@tta-dev/primitives";
 * import { defineSlo } from "@tta-dev/primitives/slo";
 *
 * const answered = defineSlo({ name: "answered", objective: 0.995, indicator: { kind: "availability" } });
 * const fast = defineSlo({
 *   name: "answered-fast",
 *   objective: 0.95,
 *   windowDays: 28,
 *   indicator: { kind: "latency", thresholdMs: 2_000 },
 * });
 * const answer = workflow("answer-question", async (question: string) => `You asked: ${question}`, {
 *   slos: [answered, fast],
 * });
 * ```
 * @see https://sre.google/workbook/implementing-slos/ for how to choose one
 */
export function defineSlo(options: SloOptions): Slo {
  checkOptions(options, "defineSlo(options)");
  const { name, description, objective, workflow } = options;
  const { windowDays = WINDOW_DAYS, minEvents = MIN_EVENTS } = options;
  checkName(name, "defineSlo({ name })");
  if (description !== undefined && typeof description !== "string")
    throw new TypeError(
      `defineSlo({ description }): expected a string, got ${describe(description)}`,
    );
  checkObjective(objective);
  checkNumber(windowDays, "defineSlo({ windowDays })", {
    min: 1,
    max: MAX_WINDOW_DAYS,
    integer: true,
  });
  checkNumber(minEvents, "defineSlo({ minEvents })", { min: 1, integer: true });
  if (workflow !== undefined) checkName(workflow, "defineSlo({ workflow })");
  const indicator = defineIndicator(options.indicator);
  const alerts = options.alerts ?? defaultBurnAlerts({ objective, windowDays });
  // Whoever has an SLO has this code, and what checks and declares it comes along.
  extras().declareSlos ??= declareSlosOf;
  return Object.freeze({
    name,
    ...(description !== undefined && { description }),
    objective,
    windowDays,
    indicator,
    ...(workflow !== undefined && { workflow }),
    minEvents,
    alerts: definedAlerts(alerts, objective),
  });
}

function checkObjective(objective: unknown): void {
  const expected =
    "defineSlo({ objective }): expected a ratio above 0 and below 1 (0.999 for 99.9 %)";
  if (typeof objective !== "number" || Number.isNaN(objective))
    throw new TypeError(`${expected}, got ${describe(objective)}`);
  if (objective <= 0 || objective >= 1) throw new RangeError(`${expected}, got ${objective}`);
}

function definedAlerts(alerts: unknown, objective: number): readonly BurnAlert[] {
  if (!Array.isArray(alerts))
    throw new TypeError(`defineSlo({ alerts }): expected an array, got ${describe(alerts)}`);
  const pairs = new Set<string>();
  return Object.freeze(
    (alerts as readonly BurnAlert[]).map((given, index) => {
      const option = `defineSlo({ alerts: [${index}] })`;
      checkOptions(given, option);
      const { longWindow, shortWindow, factor, severity } = given;
      checkOneOf(longWindow, `${option}: longWindow`, burnWindows);
      checkOneOf(shortWindow, `${option}: shortWindow`, burnWindows);
      if (burnWindowMs(shortWindow) >= burnWindowMs(longWindow))
        throw new RangeError(
          `${option}: shortWindow: expected one shorter than "${longWindow}", got "${shortWindow}"`,
        );
      checkNumber(factor, `${option}: factor`, { min: 0, above: true });
      if (alertErrorRatio(given, objective) >= 1)
        throw new RangeError(
          `${option}: factor: expected one below 1 ÷ (1 − objective) = ${highestBurnRate(objective)}, which no burn rate exceeds, got ${factor}`,
        );
      checkOneOf(severity, `${option}: severity`, burnSeverities);
      const pair = `${longWindow}/${shortWindow}`;
      if (pairs.has(pair))
        throw new RangeError(`${option}: two alerts have the windows ${pair}; expected one`);
      pairs.add(pair);
      return Object.freeze({ longWindow, shortWindow, factor, severity });
    }),
  );
}
