import type { Course, Stop } from "./course.ts";
import type { Env, Transfer } from "./env.ts";
import {
  isPossible,
  lingerOf,
  openJoint,
  pruneJoints,
  withDecider,
  withDrowning,
  withEnded,
  withRunning,
  withSlot,
  type Joint,
  type Slot,
} from "./joint.ts";
import { DEFAULT_GRACE_MS } from "../runtime/port.ts";
import {
  asRetryable,
  baseOf,
  endings,
  failures,
  isFinal,
  ReachBuilder,
  type Ending,
  type Reach,
} from "./reach.ts";
import { childSites, type Site } from "./site.ts";

/** A branch of a fork; several may be calls of one child. */
export interface ForkBranch {
  readonly site: Site;
  /** Tells calls of one child apart. */
  readonly turn: string;
}

export interface ForkRule {
  /** So many successes decide; undefined where every branch runs to its end and no failure counts. */
  readonly successes: number | undefined;
  /** How the whole fails: as the branch that decided, as the first branch, or with an error of its own. */
  readonly failsAs: "decider" | "first" | "own";
  readonly concurrency: number;
  readonly graceMs: number;
  /** How long after a branch the next one starts, unless one fails before. */
  readonly staggerMs: number;
}

interface ForkOptions {
  readonly until: "all" | "settled" | { readonly quorum: number };
  readonly concurrency?: number;
  readonly graceMs?: number;
}

export const walkFork: Transfer = (site, start, env) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what parallel() and race() put there
  const { until, concurrency, graceMs } = site.node.options as unknown as ForkOptions;
  const branches = childSites(site).map((child) => ({ site: child, turn: "" }));
  const count = branches.length;
  return forkOf(branches, start, {
    env,
    rule: {
      successes: until === "all" ? count : until === "settled" ? undefined : until.quorum,
      failsAs: until === "all" ? "decider" : "own",
      concurrency: Math.min(concurrency ?? count, count),
      graceMs: graceMs ?? DEFAULT_GRACE_MS,
      staggerMs: 0,
    },
  });
};

export const walkHedge: Transfer = (site, start, env) => {
  const options = site.node.options as Record<string, number | undefined>;
  const count = options["maxHedges"]! + 1;
  const [child] = childSites(site);
  const branches = Array.from({ length: count }, (_nothing, index) => ({
    site: child!,
    turn: `#${index}`,
  }));
  return forkOf(branches, start, {
    env,
    rule: {
      successes: 1,
      failsAs: "first",
      concurrency: count,
      graceMs: options["graceMs"] ?? DEFAULT_GRACE_MS,
      staggerMs: options["delayMs"]!,
    },
  });
};

/** Follows branches that run at once; mirrors `join`. */
export function forkOf(
  branches: readonly ForkBranch[],
  start: Course,
  { env, rule }: { readonly env: Env; readonly rule: ForkRule },
): Reach {
  const count = branches.length;
  const slot: Slot = { from: start.from, to: start.to };
  const slots =
    rule.concurrency < count
      ? Array.from({ length: rule.concurrency }, () => slot)
      : rule.staggerMs > 0
        ? [slot]
        : [];
  const fork: Fork = { count, start, rule, env, endForGood: new Set() };
  let joints: readonly Joint[] = [openJoint(start, slots, rule.graceMs)];
  for (const branch of branches) {
    env.tick(joints.length);
    joints = pruneJoints(joints.flatMap((joint) => follow(fork, branch, joint)));
  }
  const out = new ReachBuilder();
  for (const joint of joints) conclude(fork, joint, out);
  return out.build(env.deadline);
}

interface Fork {
  readonly count: number;
  readonly start: Course;
  readonly rule: ForkRule;
  readonly env: Env;
  /** Branches that may use up the calls of the retries around. */
  readonly endForGood: Set<ForkBranch>;
}

/** Everything that one more branch may have come to. */
function follow(fork: Fork, branch: ForkBranch, joint: Joint): readonly Joint[] {
  const { rule, start, env, count } = fork;
  const isOneByOne = rule.concurrency < count || rule.staggerMs > 0;
  const skipped = { ...joint, skipped: joint.skipped + 1 };
  const [slot] = joint.slots;
  if (isOneByOne && (slot === undefined || joint.skipped > 0)) return [skipped];
  const begun: Course =
    slot === undefined ? start : { ...start, ...slot, ledger: joint.ledger, value: 0, slack: 0 };
  const reach = env.walk(branch.site, [begun], { ...env, turn: `${env.turn}${branch.turn}` });
  const forGood = [...reach.ends.final_retryable, ...reach.ends.final_terminal];
  if (forGood.length > 0) fork.endForGood.add(branch);
  const opened = rule.staggerMs > 0 ? staggered(fork, joint, reach) : joint;
  const next: Joint[] = isOneByOne ? [skipped] : [];
  for (const ending of endings)
    for (const course of reach.ends[ending]) {
      if (mayGoOn(fork, opened, ending)) {
        const ended = withEnded(opened, course, ending);
        next.push(rule.concurrency < count ? withSlot(ended, course) : ended);
      }
      if (mayDecide(fork, opened, ending)) next.push(withDecider(opened, course, ending));
    }
  for (const stop of reach.stops) next.push(withRunning(opened, stop));
  if (rule.failsAs === "decider" && !joint.isDrowned)
    next.push(...forGood.map((course) => withDrowning(opened, course)));
  return next.filter(isPossible);
}

/** True where the fork is not decided when a branch ends like this. */
function mayGoOn({ rule, count }: Fork, joint: Joint, ending: Ending): boolean {
  const { successes } = rule;
  if (successes === undefined) return true;
  if (ending === "ok") return joint.succeeded + 1 < successes || successes === count;
  return joint.failed + 1 <= count - successes;
}

function mayDecide({ rule, count }: Fork, joint: Joint, ending: Ending): boolean {
  const { successes } = rule;
  if (successes === undefined || joint.decided !== undefined) return false;
  return ending === "ok" ? successes < count : joint.failed <= count - successes;
}

/** The next attempt of a hedge begins when this one has taken too long, or when one fails. */
function staggered({ rule, start }: Fork, joint: Joint, reach: Reach): Joint {
  const { from, to } = joint.slots[0]!;
  const failed = failures.flatMap((ending) => reach.ends[ending]);
  const ended = [...failed, ...reach.ends.ok];
  const soonest = Math.min(...failed.map((course) => course.from)) - (from - start.from);
  const latest = Math.max(to, ...ended.map((course) => course.to));
  const next: Slot = {
    from: Math.min(from + rule.staggerMs, Math.max(from, soonest)),
    to: Math.min(to + rule.staggerMs, latest),
  };
  return { ...joint, slots: [joint.slots[0]!, next] };
}

function conclude(fork: Fork, joint: Joint, out: ReachBuilder): void {
  const { rule, count } = fork;
  const { successes, graceMs } = rule;
  const { ledger, value, slack, from, to, decided } = joint;
  const course = { ledger, value, slack, from };
  // A branch that has not started had no room.
  const isFull = joint.running + (decided === undefined ? 0 : 1) >= rule.concurrency;
  if (joint.skipped > 0 && !isFull && rule.staggerMs === 0) return;
  if (decided === undefined) {
    if (joint.isDrowned) return;
    if (joint.running > 0)
      out.stop({ ...course, to, ...graced(joint, joint.until), isOpen: joint.isOpen });
    else if (joint.skipped === 0 && (successes === undefined || joint.succeeded === successes))
      out.end("ok", { ...course, to: joint.latest });
    return;
  }
  if (joint.isDrowned && !isFinal(decided)) return;
  const isDecided =
    decided === "ok" ? joint.succeeded + 1 === successes : joint.failed === count - successes!;
  if (!isDecided) return;
  const over = to + lingerOf(joint, to);
  for (const ending of endingsOf(fork, joint)) out.end(ending, { ...course, to: over });
  if (joint.running > 0 && graceMs > 0)
    out.stop({ ...course, to: over, ...graced(joint, over), isOpen: false });
}

function graced(joint: Joint, until: number): Pick<Stop, "linger" | "shield" | "until"> {
  return { linger: Math.min(joint.linger, joint.graceMs), shield: joint.shield, until };
}

/** How the whole ends when a branch has decided. */
function endingsOf({ rule, endForGood }: Fork, joint: Joint): readonly Ending[] {
  if (joint.decided === "ok") return ["ok"];
  const { failsAs } = rule;
  if (failsAs === "decider") return [joint.isDrowned ? baseOf(joint.decided!) : joint.decided!];
  // An error of its own has the first failure as its cause, and that is looked at too.
  const ending = failsAs === "own" ? asRetryable(joint.firstFailure!) : joint.firstFailure!;
  // Of two branches that end for good the later one is remembered, and the retries around may go on.
  return isFinal(ending) && endForGood.size > 1 ? [ending, baseOf(ending)] : [ending];
}
