import { inspect } from "node:util";
import { onRun } from "@tta-dev/primitives";
import type { Slot } from "@tta-dev/primitives";
import { onSlo } from "@tta-dev/primitives/slo";
import type { Slo } from "@tta-dev/primitives/slo";
import type { Report } from "../problem.ts";
import type { BindBurnEvents } from "./burn-counts.ts";
import type { BurnEvent } from "./burn-event.ts";
import { restoreSlo, saveSlo } from "./saved-slo.ts";
import { observeSlos } from "./slo-gauges.ts";
import { parseState, type SavedSlo } from "./slo-state.ts";
import { statusOf } from "./slo-status.ts";
import type { SloStore } from "./slo-store.ts";
import type { SloSurface } from "./slo-surface.ts";
import { keepState } from "./state-keeper.ts";
import { tellBurn } from "./tell-burn.ts";
import { trackSlo, type TrackedSlo } from "./tracked-slo.ts";

/** How often it looks whether a budget burns. */
const LOOK_EVERY_MS = 5000;

const uncounted: BindBurnEvents = () => ({ add: () => undefined });

export interface SloTrackerOptions {
  /** The process-wide slot: its registry, and who listens for log lines. */
  readonly shared: Pick<Slot, "registry" | "logListeners">;
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  /** Is told when a budget begins to burn, and when it ends. */
  readonly onBurn?: ((event: BurnEvent) => unknown) | undefined;
  /** Makes the series of the counter of burn events. */
  readonly bindBurnEvents?: BindBurnEvents | undefined;
  /** Without one a restart begins anew. */
  readonly store?: SloStore | undefined;
  readonly saveEveryMs: number;
  readonly report: Report;
}

/** What counts and judges while the program runs. */
export interface SloTracker extends SloSurface {
  /** Resolves when the saved counts are there, or cannot be had. */
  readonly ready: Promise<void>;
  /** Looks at the clock, as it does by itself every 5 seconds. */
  readonly look: () => void;
  /** Counts nothing more, and takes the gauges away. */
  readonly release: () => void;
  /** Saves what was counted. */
  readonly forceFlush: () => Promise<void>;
  /** Looks a last time and saves. */
  readonly shutdown: () => Promise<void>;
}

/** Tracks every SLO that is declared in the process, now or later. */
export function startSloTracker(options: SloTrackerOptions): SloTracker {
  const { shared, now, onBurn, report, bindBurnEvents = uncounted } = options;
  const tracked = new Map<string, TrackedSlo>();
  const ofWorkflow = new Map<string | undefined, TrackedSlo[]>();
  /** Saved counts of SLOs that nobody has declared yet: their workflows may be made later. */
  const saved = new Map<string, SavedSlo>();
  let isOver = false;

  const keeper =
    options.store &&
    keepState({
      store: options.store,
      saveEveryMs: options.saveEveryMs,
      report,
      read(text) {
        for (const one of parseState(text).slos) saved.set(one.name, one);
        for (const one of tracked.values()) restore(one);
      },
      write() {
        const nowMs = now();
        const later = [...saved.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs);
        const slos = [...tracked.values()].map((one) => saveSlo(one, nowMs));
        return JSON.stringify({ version: 1, slos: [...slos, ...later] });
      },
    });

  function restore(one: TrackedSlo): void {
    const earlier = saved.get(one.slo.name);
    if (earlier === undefined) return;
    saved.delete(one.slo.name);
    restoreSlo(one, earlier, now());
  }
  function begin(slo: Slo): void {
    if (tracked.has(slo.name)) return;
    const one = trackSlo(slo, {
      registry: shared.registry,
      now,
      counted: () => keeper?.changed(),
      bindBurnEvents,
    });
    tracked.set(slo.name, one);
    ofWorkflow.set(slo.workflow, [...(ofWorkflow.get(slo.workflow) ?? []), one]);
    restore(one);
  }
  function look(): void {
    for (const one of tracked.values())
      for (const event of one.look()) {
        keeper?.changed();
        tellBurn(event, { logListeners: shared.logListeners, onBurn, report });
      }
  }
  const judging = (workflow: string | undefined): readonly TrackedSlo[] =>
    ofWorkflow.get(workflow) ?? [];

  const stops = [
    onSlo(begin),
    onRun({
      ended(run) {
        if (run.workflowName !== undefined)
          for (const one of judging(run.workflowName)) one.ended(run);
        if (run.isRoot) for (const one of judging(undefined)) one.ended(run);
      },
      scored(score) {
        if (score.workflowName !== undefined)
          for (const one of judging(score.workflowName)) one.scored(score);
        for (const one of judging(undefined)) one.scored(score);
      },
    }),
    observeSlos(shared.registry, { tracked: () => tracked.values(), now }),
  ];
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();

  const release = (): void => {
    if (isOver) return;
    look();
    isOver = true;
    clearInterval(timer);
    for (const stop of stops) stop();
  };
  const save = (): Promise<void> => keeper?.save() ?? Promise.resolve();

  return {
    ready: keeper?.ready ?? Promise.resolve(),
    look,
    status(name) {
      if (!isOver) look();
      const nowMs = now();
      return [...tracked.values()]
        .filter(({ slo }) => name === undefined || slo.name === name)
        .map((one) => statusOf(one, nowMs));
    },
    record(name, good) {
      const one = tracked.get(name);
      if (one === undefined)
        throw new RangeError(
          `slo.record: name is ${shown(name)}; expected the name of an SLO that is declared: ${[...tracked.keys()].join(", ")}`,
        );
      if (typeof good !== "boolean")
        throw new TypeError(`slo.record: good is ${shown(good)}; expected true or false`);
      if (!isOver) one.count(good ? "good" : "bad");
    },
    release,
    forceFlush: save,
    shutdown() {
      release();
      keeper?.stop();
      return save();
    },
  };
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, maxStringLength: 100, breakLength: Infinity });
}
