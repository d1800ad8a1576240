import { inspect } from "node:util";
import type { Component } from "@tta-dev/primitives/slo";
import { checkComponents } from "@tta-dev/primitives/slo";
import type { AnomalySettings } from "../anomaly/options.ts";
import { anomalySettings } from "../anomaly/options.ts";
import type { ComponentStore } from "../collectors/component-state.ts";
import { isRecord } from "../config/kind.ts";
import { logLevels } from "../config/settings/logging.ts";
import type { ObservabilityOptions } from "../config/options.ts";
import type { Redactor } from "../logging/redaction/redactor.ts";
import { createRedactor } from "../logging/redaction/redactor.ts";

/** Options of the parts that are more than a setting; checked before anything starts. */
export interface CheckedOptions {
  readonly redactor: Redactor;
  /** Undefined where nobody is to look for any. */
  readonly anomalies: AnomalySettings | undefined;
  readonly components: readonly Component[];
  readonly componentState: string | ComponentStore;
  readonly baggageKeys: readonly string[] | undefined;
}

const STATE_FILE = ".tta/components.json";

/** @throws TypeError or RangeError that names the option, the value and what was expected */
export function checkPartOptions(options: ObservabilityOptions): CheckedOptions {
  const { anomalies, components = [], logs, prometheus } = options;
  expect("logs", logs, { is: isRecord, expected: "an object with redact, events and to" });
  expect("logs.events", logs?.events, { is: isLevel, expected: inWords(logLevels) });
  expect("logs.to", logs?.to, { is: isStream, expected: inWords(streams) });
  expect("prometheus.append", prometheus?.append, { is: isFunction, expected: "a function" });
  expect("componentState", options.componentState, {
    is: isStore,
    expected: "a path, or an object with load and save",
  });
  expect("baggageKeys", options.baggageKeys, { is: isTexts, expected: "an array of strings" });
  return {
    redactor: createRedactor(logs?.redact),
    anomalies: anomalies === false ? undefined : anomalySettings(anomalies),
    components: checkComponents(components, "initializeObservability({ components })"),
    componentState: options.componentState ?? STATE_FILE,
    baggageKeys: options.baggageKeys,
  };
}

interface Expectation {
  readonly is: (given: unknown) => boolean;
  readonly expected: string;
}

function expect(name: string, value: unknown, { is, expected }: Expectation): void {
  if (value === undefined || is(value)) return;
  const shown = inspect(value, { depth: 0, maxStringLength: 100, breakLength: Infinity });
  throw new TypeError(`initializeObservability: ${name} is ${shown}; expected ${expected}`);
}

const streams: readonly string[] = ["stdout", "stderr"];

function inWords(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word)).join(" or ");
}

function isStream(value: unknown): boolean {
  return streams.includes(String(value)) && typeof value === "string";
}

function isLevel(value: unknown): boolean {
  return logLevels.some((level) => level === value);
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isStore(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  return isRecord(value) && isFunction(value["load"]) && isFunction(value["save"]);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}
