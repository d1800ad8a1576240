import type { EndedRun, Registry, RunListener, Snapshot } from "@tta-dev/primitives";
import { OTHER } from "@tta-dev/primitives/catalog";
import { createActiveRuns } from "./active-runs.ts";
import type { SecondRing } from "./second-ring.ts";
import { createSecondRing } from "./second-ring.ts";
import { windowsIn } from "./throughput-options.ts";
import type { ThroughputOptions } from "./throughput-options.ts";

/** Runs per second over one window. */
export interface WindowRate {
  readonly windowMs: number;
  /** Runs that ended from the whole second that lies `windowMs` back until now. */
  readonly runs: number;
  /** How long that is, in seconds: up to one more than the window, less where counting began later, at least 1. */
  readonly seconds: number;
  /** `runs` by `seconds`. */
  readonly rps: number;
}

/** How much is going on. */
export interface Throughput {
  /** Runs that ended since counting began. */
  readonly runs: number;
  /** Runs per second over the last minute. */
  readonly rps: number;
  /** Most runs that ended in one second. */
  readonly peakRps: number;
  /** Runs under way now, workflows inside other runs included. */
  readonly active: number;
  /** Most of them at once, as seen whenever one ended and whenever somebody looked. */
  readonly peakActive: number;
  readonly windows: readonly WindowRate[];
}

/** What `throughput()` returns. */
export interface ThroughputReport {
  /** Since when runs are counted, and until when; epoch milliseconds. */
  readonly sinceMs: number;
  readonly atMs: number;
  /** All runs; a workflow inside a run is part of it. */
  readonly all: Throughput;
  /** Each workflow, in the order of the names; where it runs inside another, that counts too. */
  readonly workflows: readonly (Throughput & { readonly name: string })[];
}

/** Counts runs as they end. */
export interface ThroughputMeter {
  /** To be given to `onRun`. */
  readonly listener: RunListener;
  /** Looks. The snapshot is of this moment, where the caller has one. */
  readonly read: (options?: ThroughputOptions, snapshot?: Snapshot) => ThroughputReport;
  /** Runs per second of each workflow over the last minute: the gauge `throughput.rps`. */
  readonly rates: () => readonly { readonly workflow: string; readonly rps: number }[];
}

export interface ThroughputMeterOptions {
  readonly registry: () => Registry;
  /** Epoch milliseconds. Should not go back: where it does, time stands still until it has caught up. */
  readonly now: () => number;
}

/** The longest window. Each workflow takes four bytes for each of its seconds. */
const MAX_WINDOW_MS = 900_000;
/** Workflows that are told apart, as many as a label has values. */
const MAX_WORKFLOWS = 200;
const GAUGE_WINDOW_MS = 60_000;

interface Tally {
  readonly ring: SecondRing;
  runs: number;
  peakActive: number;
}

/**
 * Makes a meter that begins to count now.
 *
 * What counts is the end of a run: that is when its status and duration are known, and a run that hangs is no
 * throughput. Counts are kept by the second, so a window begins at a whole second.
 */
export function createThroughputMeter(options: ThroughputMeterOptions): ThroughputMeter {
  const { registry } = options;
  const active = createActiveRuns(registry);
  const all = newTally();
  const workflows = new Map<string, Tally>();
  const sinceMs = options.now();
  let nowMs = sinceMs;
  const now = (): number => (nowMs = Math.max(nowMs, options.now()));

  const nameOf = (workflow: string): string =>
    workflows.has(workflow) || workflows.size < MAX_WORKFLOWS ? workflow : OTHER;

  function tallyOf(name: string): Tally {
    let tally = workflows.get(name);
    if (tally === undefined) workflows.set(name, (tally = newTally()));
    return tally;
  }

  function ended({ workflowName, isRoot, agentType = "" }: EndedRun): void {
    const second = Math.floor(now() / 1000);
    if (isRoot) count(all, second);
    if (workflowName === undefined) return;
    const name = nameOf(workflowName);
    const tally = tallyOf(name);
    count(tally, second);
    active.note(name, agentType);
    // It has just left: the most there ever are at once, there are right before one ends, or now.
    tally.peakActive = Math.max(tally.peakActive, active.of(name) + 1);
    all.peakActive = Math.max(all.peakActive, active.all() + 1);
  }

  function rateOf({ ring }: Tally, windowMs: number): WindowRate {
    const second = Math.floor((nowMs - windowMs) / 1000);
    const fromMs = Math.max(sinceMs, second * 1000);
    const seconds = Math.max(1, (nowMs - fromMs) / 1000);
    const runs = ring.countFrom(second);
    return { windowMs, runs, seconds, rps: runs / seconds };
  }

  function look(tally: Tally, activeNow: number, windowsMs: readonly number[]): Throughput {
    tally.peakActive = Math.max(tally.peakActive, activeNow);
    return {
      runs: tally.runs,
      rps: rateOf(tally, GAUGE_WINDOW_MS).rps,
      peakRps: tally.ring.peak(),
      active: activeNow,
      peakActive: tally.peakActive,
      windows: windowsMs.map((windowMs) => rateOf(tally, windowMs)),
    };
  }

  return {
    listener: { ended },
    read(given, snapshot = registry().snapshot()) {
      const windowsMs = windowsIn(given, MAX_WINDOW_MS);
      now();
      active.noteAll(snapshot);
      for (const workflow of active.workflows()) tallyOf(nameOf(workflow));
      return {
        sinceMs,
        atMs: nowMs,
        all: look(all, active.all(), windowsMs),
        workflows: [...workflows]
          .map(([name, tally]) => ({ name, ...look(tally, active.of(name), windowsMs) }))
          .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
      };
    },
    rates() {
      now();
      return [...workflows].map(([workflow, tally]) => ({
        workflow,
        rps: rateOf(tally, GAUGE_WINDOW_MS).rps,
      }));
    },
  };
}

function newTally(): Tally {
  return { ring: createSecondRing(MAX_WINDOW_MS / 1000 + 1), runs: 0, peakActive: 0 };
}

function count(tally: Tally, second: number): void {
  tally.runs++;
  tally.ring.add(second);
}
