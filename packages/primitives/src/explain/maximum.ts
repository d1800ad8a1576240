import type { Unbounded } from "./bound.ts";
import { isUnderWayAt, mostOf, type Course } from "./course.ts";
import { TooLarge } from "./env.ts";
import { LedgerBook } from "./ledger.ts";
import { waitingAt, type Objective } from "./objective.ts";
import { endings, type Reach } from "./reach.ts";
import { DEFAULT_GRACE_MS } from "../runtime/port.ts";
import { sitesBelow, type Site } from "./site.ts";
import { openWalk } from "./walk.ts";

/** What is supposed of a run. */
export interface Premises {
  /** The run's own limit; Infinity without one. */
  readonly timeoutMs: number;
  /** The longest wait that a server may ask for; Infinity where there is no telling. */
  readonly retryAfterMs: number;
}

export interface Maximum {
  readonly max: number;
  /** Why there may be no maximum. */
  readonly reasons: readonly Unbounded[];
}

/** Finds the most that one run may make of an objective. */
export type FindMaximum = (objective: Objective, premises: Premises) => Maximum;

/** Makes what maxima of one tree are found with. Once it has been too large to follow exactly, it is not tried again. */
export function maximaOf(root: Site): FindMaximum {
  let isCoarse = false;
  const followed = (objective: Objective, premises: Premises): Followed => {
    try {
      return follow(root, objective, { ...premises, isCoarse });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      isCoarse = true;
      return follow(root, objective, { ...premises, isCoarse });
    }
  };
  const compensates = sitesBelow(root).some(isCompensating);
  const limited: FindMaximum = (objective, premises) => {
    const { timeoutMs } = premises;
    if (timeoutMs === Infinity || !root.node.waits) return followed(objective, premises);
    // The limit stands still while the run waits for a signal: nobody knows when it comes.
    const unlimited = followed(objective, { ...premises, timeoutMs: Infinity });
    if (!objective.isTime) return unlimited;
    const isSignal = waitingAt((place) => place.edge?.child.options["waitsFor"] !== undefined);
    const standing = followed(isSignal, { ...premises, timeoutMs: Infinity });
    const longestMs = timeoutMs + standing.max + unlimited.shieldMs;
    return longestMs < unlimited.max ? { max: longestMs, reasons: standing.reasons } : unlimited;
  };
  return (objective, premises) => {
    const found = limited(objective, premises);
    if (!compensates || !objective.isTime || premises.timeoutMs === Infinity) return found;
    // Compensations are waited for, whatever the limit, and looked at in turns: no more than a run without a limit takes.
    const unlimited = followed(objective, { ...premises, timeoutMs: Infinity });
    const longestMs = unlimited.max + DEFAULT_GRACE_MS;
    return longestMs > found.max ? { max: longestMs, reasons: unlimited.reasons } : found;
  };
}

function isCompensating({ node }: Site): boolean {
  const { compensates } = node.options;
  return node.type === "saga" && Array.isArray(compensates) && compensates.includes(true);
}

interface Followed extends Maximum {
  /** The longest that compensations may go on when the run is stopped. */
  readonly shieldMs: number;
}

function follow(
  root: Site,
  objective: Objective,
  { timeoutMs, retryAfterMs, isCoarse }: Premises & { readonly isCoarse: boolean },
): Followed {
  const reasons = new Map<string, Unbounded>();
  const note = (reason: Unbounded): void =>
    void reasons.set(`${reason.code} ${reason.path}`, reason);
  const env = openWalk({ objective, retryAfterMs, isCoarse, note });
  const start: Course = { ledger: new LedgerBook().empty, value: 0, slack: 0, from: 0, to: 0 };
  const reach = env.walk(root, [start], { ...env, deadline: timeoutMs });
  const max = objective.isTime ? longest(reach, timeoutMs) : most(reach);
  const shieldMs = Math.max(0, ...reach.stops.map(({ shield }) => polled(shield)));
  return { max, shieldMs, reasons: [...reasons.values()] };
}

function most({ ends, stops }: Reach): number {
  return Math.max(...[...endings.flatMap((ending) => ends[ending]), ...stops].map(mostOf));
}

/** A run that is stopped by its limit rejects then, unless it compensates. */
function longest({ ends, stops }: Reach, timeoutMs: number): number {
  const ended = endings.flatMap((ending) => ends[ending]).map(({ to }) => to);
  const stopped = stops
    .filter((stop) => isUnderWayAt(stop, timeoutMs))
    .map(({ linger, shield }) => timeoutMs + (linger > 0 ? polled(shield) : shield));
  return Math.max(...ended, ...stopped);
}

/** Whether something compensates is looked at again and again. */
function polled(shieldMs: number): number {
  return Math.ceil(shieldMs / DEFAULT_GRACE_MS) * DEFAULT_GRACE_MS;
}
