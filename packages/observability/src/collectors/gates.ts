import type { Component, ComponentGates } from "@tta-dev/primitives/slo";
import { counted, countWords, leastPercent, mostPercent } from "./gate-words.ts";
import type { GateName, GateResult } from "./evaluation.ts";
import {
  isNoData,
  type CoverageReading,
  type DaysReading,
  type DocsReading,
  type NoData,
  type SloReader,
  type UseReading,
} from "./readings.ts";

type Judged = Omit<GateResult, "gate" | "asked">;

/** The readings of one component, for one stage. */
export interface StageReadings {
  readonly coverage: CoverageReading | NoData;
  readonly docs: DocsReading;
  readonly use: UseReading | NoData;
  readonly days: DaysReading | NoData;
  readonly slo: SloReader;
}

/** Holds a component against the gates of one stage; those that the stage does not have are left out. */
export function judgeGates(
  { slos }: Component,
  gates: ComponentGates,
  readings: StageReadings,
): readonly GateResult[] {
  const { coverage, sloCompliance, errorRate, executions, daysObserved, docs } = gates;
  const least = (ratio: number): string => `at least ${leastPercent(ratio)}`;
  return [
    gate("coverage", coverage, {
      ask: least,
      judge: (threshold) => judgeCoverage(readings.coverage, threshold),
    }),
    gate("slo_compliance", sloCompliance, {
      ask: (threshold) =>
        threshold === 1 ? "all SLOs met" : `${leastPercent(threshold)} of SLOs met`,
      judge: (threshold) => judgeSlos(slos, readings.slo, threshold),
    }),
    gate("error_rate", errorRate, {
      ask: (threshold) => `at most ${mostPercent(threshold)}`,
      judge: (threshold) => judgeErrorRate(readings.use, threshold),
    }),
    gate("executions", executions, {
      ask: (threshold) => `at least ${countWords(threshold)}`,
      judge: (threshold) => judgeExecutions(readings.use, threshold),
    }),
    gate("days_observed", daysObserved, {
      ask: (threshold) => `at least ${countWords(threshold)}`,
      judge: (threshold) => judgeDays(readings.days, threshold),
    }),
    gate("docs", docs && 1, {
      ask: () => "a document",
      judge: (threshold) => judgeDocs(readings.docs, threshold),
    }),
  ].flat();
}

function gate(
  name: GateName,
  threshold: number | false,
  {
    ask,
    judge,
  }: {
    readonly ask: (threshold: number) => string;
    readonly judge: (threshold: number) => Judged;
  },
): readonly GateResult[] {
  if (threshold === false) return [];
  return [{ gate: name, ...judge(threshold), asked: ask(threshold) }];
}

function unknown(note: string, threshold: number): Judged {
  return { status: "no_data", value: null, threshold, found: "no data", note };
}

function judgeCoverage(reading: CoverageReading | NoData, threshold: number): Judged {
  if (isNoData(reading)) return unknown(reading.noData, threshold);
  const { covered, lines, note } = reading;
  const value = covered / lines;
  return {
    status: value >= threshold ? "passed" : "failed",
    value,
    threshold,
    found: leastPercent(value),
    note,
  };
}

function judgeSlos(slos: readonly string[], read: SloReader, threshold: number): Judged {
  if (slos.length === 0)
    return { status: "failed", value: 0, threshold, found: "none", note: "it declares no SLO" };
  const readings = slos.map((name) => ({ name, reading: read(name) }));
  const silent = readings.filter(({ reading }) => reading === undefined);
  const missed = readings.filter(
    ({ reading }) => reading !== undefined && !(reading.errorBudgetRemaining >= 0),
  );
  const met = slos.length - silent.length - missed.length;
  const note = [
    ...missed.map(({ name, reading }) => missedWords(name, reading?.compliance)),
    ...silent.map(({ name }) => `${name} has no data`),
  ].join(", ");
  if (silent.length === slos.length) return unknown(note, threshold);
  const value = met / slos.length;
  const couldPass = (met + silent.length) / slos.length >= threshold;
  return {
    status: value >= threshold ? "passed" : couldPass ? "no_data" : "failed",
    value,
    threshold,
    found: `${countWords(met)} of ${countWords(slos.length)} met`,
    note: note === "" ? slos.join(", ") : note,
  };
}

function missedWords(name: string, compliance: number | undefined): string {
  return compliance === undefined
    ? `${name} is missed`
    : `${name} is missed at ${leastPercent(compliance)}`;
}

function judgeErrorRate(reading: UseReading | NoData, threshold: number): Judged {
  if (isNoData(reading)) return unknown(reading.noData, threshold);
  const { executions, errors } = reading;
  if (executions === 0) return unknown(`no executions ${reading.note}`, threshold);
  const value = errors / executions;
  return {
    status: value <= threshold ? "passed" : "failed",
    value,
    threshold,
    found: mostPercent(value),
    note: `${countWords(errors)} of ${countWords(executions)} ${reading.note}`,
  };
}

function judgeExecutions(reading: UseReading | NoData, threshold: number): Judged {
  if (isNoData(reading)) return unknown(reading.noData, threshold);
  const { executions: value, note } = reading;
  const status = value >= threshold ? "passed" : "failed";
  return { status, value, threshold, found: countWords(value), note };
}

function judgeDays(reading: DaysReading | NoData, threshold: number): Judged {
  if (isNoData(reading)) return unknown(reading.noData, threshold);
  const { days: value, note } = reading;
  const status = value >= threshold ? "passed" : "failed";
  return { status, value, threshold, found: countWords(value), note };
}

function judgeDocs({ headings, note }: DocsReading, threshold: number): Judged {
  const passes = headings >= threshold;
  return {
    status: passes ? "passed" : "failed",
    value: headings,
    threshold,
    found: passes ? counted(headings, "heading") : "none",
    note,
  };
}
