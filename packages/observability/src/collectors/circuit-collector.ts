import { onLogEvent, type LogEvent, type Registry, type Snapshot } from "@tta-dev/primitives";
import { circuitCallKinds, circuitStates } from "@tta-dev/primitives/catalog";
import type { CircuitCallKind, CircuitState } from "@tta-dev/primitives/catalog";
import { createCircuitTrack, type CircuitTrack, type CircuitTransition } from "./circuit-track.ts";
import { numbersOf } from "./metric-series.ts";

export interface CircuitCollectorOptions {
  readonly registry: Pick<Registry, "snapshot">;
  /** Tells of what happens; returns a function that ends it. @default the process's log events */
  readonly listen?: (listener: (event: LogEvent) => void) => () => void;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
  /** How many changes of each breaker are remembered. @default 50 */
  readonly transitionsKept?: number;
}

/** How a circuit breaker stands, and how it came to that. Plain data. */
export interface CircuitSnapshot {
  readonly name: string;
  readonly state: CircuitState;
  /** Since when it is in this state, epoch milliseconds; null where another process moved it, through a shared store. */
  readonly sinceMs: number | null;
  /** Seconds in each state since the collector began; a breaker is closed until it moves. */
  readonly secondsIn: Readonly<Record<CircuitState, number>>;
  /** The latest changes, oldest first. */
  readonly transitions: readonly CircuitTransition[];
  /** All changes that were counted, by kind. */
  readonly transitionCounts: readonly {
    readonly from: CircuitState;
    readonly to: CircuitState;
    readonly count: number;
  }[];
  /** Calls by how the breaker counted them. */
  readonly calls: Readonly<Record<CircuitCallKind, number>>;
  /** Failures by all calls that were judged; null before the first. */
  readonly failureRatio: number | null;
}

/** Knows the circuit breakers of the process. */
export interface CircuitCollector {
  /** Says how every breaker stands now. */
  readonly snapshot: () => readonly CircuitSnapshot[];
  readonly release: () => void;
}

/** As many names as a metric has series; what moves beyond that is counted in the metrics alone. */
const MOST_CIRCUITS = 1_000;

/** Starts to follow the circuit breakers: states and counts from the metrics, changes with their times from log events. */
export function createCircuitCollector(options: CircuitCollectorOptions): CircuitCollector {
  const { registry, listen = onLogEvent, now = Date.now, transitionsKept = 50 } = options;
  const startedAtMs = now();
  const tracks = new Map<string, CircuitTrack>();
  const begin = (state: CircuitState): CircuitTrack =>
    createCircuitTrack({ state, atMs: startedAtMs }, transitionsKept);
  for (const [name, state] of statesIn(registry.snapshot())) tracks.set(name, begin(state));

  const stop = listen((event) => {
    const { from, to } = event.fields;
    if (event.event !== "circuit_breaker.changed" || !isState(from) || !isState(to)) return;
    const { primitiveName } = event;
    let track = tracks.get(primitiveName);
    if (track === undefined) {
      if (tracks.size >= MOST_CIRCUITS) return;
      track = begin(from);
      tracks.set(primitiveName, track);
    }
    track.change(transitionOf(event, from, to));
  });

  return {
    snapshot() {
      const nowMs = now();
      const metrics = registry.snapshot();
      const states = statesIn(metrics);
      const counts = transitionsIn(metrics);
      const calls = callsIn(metrics);
      return [...new Set([...states.keys(), ...tracks.keys()])].map((name) => {
        const track = tracks.get(name) ?? begin("closed");
        const state = states.get(name) ?? track.state();
        const own = calls.get(name) ?? noCalls;
        const judged = own.success + own.failure;
        return {
          name,
          state,
          sinceMs: state === track.state() ? track.sinceMs() : null,
          secondsIn: track.secondsIn(nowMs),
          transitions: track.transitions(),
          transitionCounts: counts
            .filter((one) => one.name === name)
            .map(({ from, to, count }) => ({ from, to, count })),
          calls: own,
          failureRatio: judged === 0 ? null : own.failure / judged,
        };
      });
    },
    release: stop,
  };
}

const noCalls: Readonly<Record<CircuitCallKind, number>> = {
  success: 0,
  failure: 0,
  ignored: 0,
  rejected: 0,
};

function statesIn(snapshot: Snapshot): ReadonlyMap<string, CircuitState> {
  return new Map(
    numbersOf(snapshot, "circuit_breaker.state").map(({ series: { value }, label }) => [
      label("primitive_name"),
      value === 0 ? "closed" : value === 1 ? "open" : "half_open",
    ]),
  );
}

function transitionsIn(snapshot: Snapshot) {
  return numbersOf(snapshot, "circuit_breaker.transitions").flatMap(({ series, label }) => {
    const [from, to] = [label("from"), label("to")];
    if (series.value === 0 || !isState(from) || !isState(to)) return [];
    return [{ name: label("primitive_name"), from, to, count: series.value }];
  });
}

function callsIn(
  snapshot: Snapshot,
): ReadonlyMap<string, Readonly<Record<CircuitCallKind, number>>> {
  const calls = new Map<string, Record<CircuitCallKind, number>>();
  for (const { series, label } of numbersOf(snapshot, "circuit_breaker.calls")) {
    const kind = circuitCallKinds.find((one) => one === label("kind"));
    if (kind === undefined) continue;
    const own = calls.get(label("primitive_name")) ?? { ...noCalls };
    own[kind] += series.value;
    calls.set(label("primitive_name"), own);
  }
  return calls;
}

function transitionOf(event: LogEvent, from: CircuitState, to: CircuitState): CircuitTransition {
  const { timestampMs, workflowName, traceId } = event;
  const errorType = errorTypeOf(event.error);
  return {
    atMs: timestampMs,
    from,
    to,
    ...(errorType !== undefined && { errorType }),
    ...(workflowName !== undefined && { workflowName }),
    ...(traceId !== undefined && { traceId }),
  };
}

/** As in the attribute `error.type`: the code, else the name. */
function errorTypeOf(error: unknown): string | undefined {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return [code, name].find((one): one is string => typeof one === "string" && one !== "");
}

function isState(value: unknown): value is CircuitState {
  return circuitStates.some((state) => state === value);
}
