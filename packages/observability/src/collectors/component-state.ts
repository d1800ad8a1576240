import { componentStages, OBSERVED_DAYS } from "@tta-dev/primitives/slo";
import { isRecord } from "../config/kind.ts";
import type { SloReading } from "./readings.ts";
import { DAY_MS, mergeDays, type UseDay } from "./use-days.ts";

/** An SLO as it stood at some moment. */
export interface SloState extends SloReading {
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** What a component collector keeps across restarts: plain data of bounded size. */
export interface ComponentState {
  readonly version: 1;
  /** When it was saved, epoch milliseconds. */
  readonly savedAtMs: number;
  /** What each component did, by its name. */
  readonly use: Readonly<Record<string, readonly UseDay[]>>;
  /** The SLOs of the components, by name. */
  readonly slos: Readonly<Record<string, SloState>>;
}

/** Where a component collector keeps its state: text goes in and out. Processes may share one. */
export interface ComponentStore {
  /** Returns what was saved last; undefined where nothing was. */
  readonly load: () => Promise<string | undefined>;
  /** Replaces what was saved, all of it or nothing. */
  readonly save: (state: string) => Promise<unknown>;
}

/**
 * Reads what a store returned.
 *
 * @throws TypeError when it is no state, or one of another version.
 */
export function parseState(text: string | undefined): ComponentState | undefined {
  if (text === undefined) return undefined;
  const given = jsonOf(text);
  if (!isRecord(given)) throw new TypeError("it is no object");
  const { version, savedAtMs, use, slos } = given;
  if (version !== 1) throw new TypeError(`its version is ${JSON.stringify(version)}, expected 1`);
  if (!isMoment(savedAtMs) || !isRecord(use) || !isRecord(slos))
    throw new TypeError("it lacks savedAtMs, use or slos");
  for (const [name, rows] of Object.entries(use))
    if (!Array.isArray(rows) || !rows.every(isUseDay))
      throw new TypeError(`use of "${name}" is no list of days`);
  for (const [name, slo] of Object.entries(slos))
    if (!isSloState(slo)) throw new TypeError(`slos of "${name}" is no reading`);
  // Every field was looked at above.
  return given as unknown as ComponentState;
}

/** Adds what was counted since to what was saved, by whichever process. */
export function mergeState(
  saved: ComponentState | undefined,
  {
    use,
    slos,
    nowMs,
  }: {
    readonly use: ReadonlyMap<string, readonly UseDay[]>;
    readonly slos: ReadonlyMap<string, SloState>;
    readonly nowMs: number;
  },
): ComponentState {
  const merged = new Map(Object.entries(saved?.use ?? {}));
  for (const [name, rows] of use) merged.set(name, [...(merged.get(name) ?? []), ...rows]);
  const slosNow = new Map([...Object.entries(saved?.slos ?? {}), ...slos]);
  const days = [...merged].map(([name, rows]) => [name, mergeDays(rows, nowMs)] as const);
  return {
    version: 1,
    savedAtMs: nowMs,
    // A component or an SLO that is gone leaves with its last day.
    use: Object.fromEntries(days.filter(([, rows]) => rows.length > 0)),
    slos: Object.fromEntries(
      [...slosNow].filter(([, { atMs }]) => atMs > nowMs - OBSERVED_DAYS * DAY_MS),
    ),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError("it is no JSON", { cause });
  }
}

function isUseDay(row: unknown): row is UseDay {
  return (
    isRecord(row) &&
    typeof row["day"] === "string" &&
    /^\d{4}-\d\d-\d\d$/.test(row["day"]) &&
    componentStages.some((stage) => stage === row["stage"]) &&
    isCount(row["executions"]) &&
    isCount(row["errors"])
  );
}

function isSloState(slo: unknown): slo is SloState {
  return (
    isRecord(slo) &&
    isMoment(slo["atMs"]) &&
    typeof slo["errorBudgetRemaining"] === "number" &&
    (slo["compliance"] === undefined || typeof slo["compliance"] === "number")
  );
}

function isMoment(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}
