import { clip, countedBy, shift, shiftStop, spent, spentStop, type Course } from "./course.ts";
import { TooLarge, type Env, type Transfer } from "./env.ts";
import type { Objective } from "./objective.ts";
import type { Place } from "../tree/place.ts";
import { hullOf } from "./prune.ts";
import { endings, ReachBuilder, type Reach } from "./reach.ts";
import type { Site } from "./site.ts";
import { transferOf } from "./transfers.ts";

/** So much work is done before the calls of nested retries are no longer kept account of. */
const MAX_WORK = 20_000;
/** More courses than this to one end are too many to follow one by one. */
const MAX_EXACT_COURSES = 1000;
/** The same where no account is kept: more than this are taken together. */
const MAX_COURSES = 40;

export interface WalkOptions {
  readonly objective: Objective;
  readonly retryAfterMs: number;
  readonly isCoarse: boolean;
  note(reason: Parameters<Env["note"]>[0]): void;
}

/**
 * Makes what everything that a run may do is found with: each primitive says where a call of it may get to, given where
 * its children may.
 *
 * Nothing is tried out: a run is followed through all that its steps may do at once, by the calls of nested retries (the
 * ledger), what has been counted, and the time.
 */
export function openWalk(options: WalkOptions): Env {
  const known = new Map<Place, Map<string, Reach>>();
  let work = 0;
  const tick = (amount: number): void => {
    work += amount;
    if (work > MAX_WORK && !options.isCoarse) throw new TooLarge();
  };
  const found = (site: Site, start: Course, env: Env): Reach => {
    const turn = env.outerAttempts === 0 || env.isCoarse ? "" : env.turn;
    const key = `${env.deadline}|${start.to}|${turn}|${start.ledger.id}`;
    let ofPlace = known.get(site.place);
    if (ofPlace === undefined) known.set(site.place, (ofPlace = new Map<string, Reach>()));
    let reach = ofPlace.get(key);
    if (reach === undefined) {
      reach = limited(settled(transferOf(site)(site, start, env)), env);
      ofPlace.set(key, reach);
    }
    return reach;
  };
  return {
    ...options,
    deadline: Infinity,
    outerAttempts: 0,
    turn: "",
    tick,
    walk(site, courses, env) {
      const out = new ReachBuilder();
      tick(courses.length);
      for (const course of courses) walkOne(site, course, { env, out, found });
      return out.build();
    },
  };
}

/** From where a course stands: what was found from a start at 0, moved there. */
function walkOne(
  site: Site,
  course: Course,
  { env, out, found }: { readonly env: Env; readonly out: ReachBuilder; readonly found: Transfer },
): void {
  const { deadline, objective } = env;
  // Nothing begins at or after the deadline.
  const late = Math.max(course.from, deadline);
  if (course.to >= deadline && deadline !== Infinity && course.isOpen !== true)
    out.end("never", {
      ...course,
      value: countedBy(course, late).value,
      slack: 0,
      from: late,
      to: late,
    });
  if (course.from >= deadline) return;
  const start = spent(clip(course, deadline)!);
  const left = deadline - start.from;
  // With a limit it matters to time when a call begins; all else is at its most when it begins at the earliest.
  const width = objective.isTime && deadline !== Infinity ? start.to - start.from : 0;
  const origin: Course = { ledger: start.ledger, value: 0, slack: 0, from: 0, to: width };
  const reach = found(site, origin, { ...env, deadline: left });
  const from: Course = width === 0 ? start : { ...start, to: start.from };
  for (const ending of endings)
    for (const end of reach.ends[ending]) {
      const moved = clip(shift(end, from), deadline);
      if (moved !== undefined) out.end(ending, spent(moved));
    }
  for (const stop of reach.stops) {
    const moved = clip(shiftStop(stop, from), deadline);
    if (moved !== undefined) out.stop(spentStop(moved));
  }
}

function settled({ ends, stops }: Reach): Reach {
  const out = new ReachBuilder().stop(...stops.map(spentStop));
  for (const ending of endings) out.end(ending, ...ends[ending].map(spent));
  return out.build();
}

/** What would be too much to follow is taken together, or makes a coarser look necessary. */
function limited(reach: Reach, { isCoarse }: Env): Reach {
  const { ends, stops } = reach;
  const most = Math.max(stops.length, ...endings.map((ending) => ends[ending].length));
  if (!isCoarse && most > MAX_EXACT_COURSES) throw new TooLarge();
  if (!isCoarse || most <= MAX_COURSES) return reach;
  const out = new ReachBuilder();
  for (const ending of endings) if (ends[ending].length > 0) out.end(ending, hullOf(ends[ending]));
  if (stops.length > 0)
    out.stop({
      ...hullOf(stops),
      linger: Math.max(...stops.map(({ linger }) => linger)),
      shield: Math.max(...stops.map(({ shield }) => shield)),
      until: Math.max(...stops.map(({ until }) => until)),
    });
  return out.build();
}
