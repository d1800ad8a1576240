import { CancelledError } from "../errors.ts";
import {
  DEFAULT_GRACE_MS,
  type ForkDriver,
  type Join,
  type JoinPolicy,
  type Outcome,
} from "./port.ts";

type Stop = "failed" | "first" | "quorum" | "timeout" | "cancelled";

/**
 * Decides when a fork is over: one machine for every runtime, so that all, settled, first, quorum, timeout and grace
 * cannot drift apart.
 *
 * @throws what the driver's `cancelReason` says, when the branch that forks was cancelled from outside
 */
export async function join(driver: ForkDriver, count: number, policy: JoinPolicy): Promise<Join> {
  const outcomes: Outcome[] = Array.from({ length: count }, () => ({ status: "skipped" }));
  const running = new Set<number>();
  const order: number[] = [];
  const limit = Math.min(policy.concurrency ?? count, count);
  const { staggerMs = 0 } = policy;
  let deadline = policy.timeoutMs === undefined ? undefined : driver.now() + policy.timeoutMs;
  let allowed = staggerMs > 0 ? 1 : count;
  let nextStart = Infinity;
  let stop: Stop | undefined;
  let index: number | undefined;
  let next = 0;
  let fulfilled = 0;
  for (;;) {
    if (stop === undefined)
      while (next < Math.min(allowed, count) && running.size < limit) {
        running.add(next);
        await driver.start(next++);
        nextStart = driver.now() + staggerMs;
      }
    if (running.size === 0) break;
    const isStaggered = stop === undefined && allowed < count && nextStart < (deadline ?? Infinity);
    const event = await driver.next({
      deadline: isStaggered ? nextStart : deadline,
      cancellable: stop === undefined,
    });
    if (event === "deadline" && isStaggered) {
      allowed++;
      continue;
    }
    if (event === "deadline" && stop !== undefined) {
      for (const orphan of running) outcomes[orphan] = { status: "orphaned" };
      break;
    }
    if (event === "deadline") stop = "timeout";
    else if (event === "cancelled") stop = "cancelled";
    else {
      running.delete(event.index);
      order.push(event.index);
      // Once the fork is decided, a branch that rejects has done what it was told.
      const late = stop !== undefined && event.outcome.status === "rejected";
      outcomes[event.index] = late ? { status: "cancelled" } : event.outcome;
      if (stop !== undefined) continue;
      if (event.outcome.status === "fulfilled") fulfilled++;
      stop = decided(policy.until, event.outcome, fulfilled, count - order.length);
      if (stop === undefined) {
        allowed++;
        continue;
      }
      index = event.index;
    }
    if (running.size === 0) break;
    const reason =
      stop === "timeout" && policy.timeoutReason !== undefined
        ? policy.timeoutReason()
        : stop === "cancelled"
          ? driver.cancelReason()
          : new CancelledError("another branch decided the outcome");
    deadline = driver.now() + (policy.graceMs ?? DEFAULT_GRACE_MS);
    await driver.cancel([...running], reason);
  }
  if (stop === "cancelled") throw driver.cancelReason();
  return { reason: stop ?? "done", outcomes, order, ...(index !== undefined && { index }) };
}

// oxlint-disable-next-line max-params -- four numbers of one decision
function decided(
  until: JoinPolicy["until"],
  outcome: Outcome,
  fulfilled: number,
  unsettled: number,
): Stop | undefined {
  if (until === "first") return "first";
  if (until === "settled") return undefined;
  if (until === "all") return outcome.status === "rejected" ? "failed" : undefined;
  if (fulfilled >= until.quorum) return "quorum";
  return fulfilled + unsettled < until.quorum ? "failed" : undefined;
}
