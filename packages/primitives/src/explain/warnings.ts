import type { Premises } from "./maximum.ts";
import { childSites, isObserved, isOwnComposite, sitesBelow, type Site } from "./site.ts";
import type { Warning, WarningCode } from "./warning.ts";

type Trap = (site: Site, premises: Premises) => readonly Warning[];

/** Traps that can be seen in the tree, in its order. */
export function warningsOf(root: Site, premises: Premises): readonly Warning[] {
  const traps: readonly Trap[] = [
    retryAroundBreaker,
    sideEffects,
    cacheInsideRetry,
    hedge,
    timeouts,
  ];
  const ofRun =
    premises.timeoutMs === Infinity ? [] : exceeded(root, premises.timeoutMs, "the run's limit");
  return [
    ...ofRun,
    ...sitesBelow(root).flatMap((site) => traps.flatMap((trap) => trap(site, premises))),
  ];
}

function retryAroundBreaker(site: Site): readonly Warning[] {
  if (!is(site, "retry") || site.node.options["hasRetryIf"] !== true) return [];
  return below(site, "circuit_breaker").map((breaker) =>
    warning(
      "retry_around_breaker",
      site,
      `its retryIf is asked about the open circuit of "${breaker.place.name}" too: let it refuse the code CIRCUIT_OPEN, ` +
        `or put the breaker around the retry`,
    ),
  );
}

function sideEffects(site: Site): readonly Warning[] {
  if (!is(site, "retry")) return [];
  return leavesBelow(site)
    .filter(
      ({ node }) => node.options["sideEffects"] === true && node.options["idempotent"] !== true,
    )
    .map((leaf) =>
      warning(
        "retry_repeats_side_effects",
        site,
        `it may repeat "${leaf.place.name}", which changes the outside world and is not marked idempotent: ` +
          `make it so and say { idempotent: true }, or take it out of the retry`,
      ),
    );
}

function cacheInsideRetry(site: Site): readonly Warning[] {
  if (!is(site, "retry")) return [];
  return below(site, "cache").map((cache) =>
    warning(
      "cache_inside_retry",
      site,
      `an attempt that fails behind the cache "${cache.place.name}" meets the same cached value again: ` +
        `put the cache around the retry`,
    ),
  );
}

function hedge(site: Site): readonly Warning[] {
  if (!is(site, "hedge") || site.node.options["assumeIdempotent"] !== true) return [];
  return leavesBelow(site)
    .filter(({ node }) => node.options["idempotent"] !== true)
    .map((leaf) =>
      warning(
        "hedge_not_idempotent",
        site,
        `it may run "${leaf.place.name}" twice at once, which is not marked idempotent: ` +
          `make it so and say { idempotent: true } instead of assumeIdempotent`,
      ),
    );
}

function timeouts(site: Site): readonly Warning[] {
  if (!is(site, "timeout")) return [];
  const limitMs = Number(site.node.options["timeoutMs"]);
  return exceeded(site, limitMs, `the timeout "${site.place.name}" around it`);
}

/** Retries below whose attempts, each with its own timeout, do not all fit into a limit around them. */
function exceeded(site: Site, limitMs: number, whose: string): readonly Warning[] {
  return below(site, "retry", "timeout").flatMap((retry) => {
    const attempts = Number(retry.node.options["attempts"]);
    return below(retry, "timeout", "retry")
      .map((inner) => Number(inner.node.options["timeoutMs"]))
      .filter((timeoutMs) => attempts > 1 && attempts * timeoutMs > limitMs)
      .map((timeoutMs) =>
        warning(
          "timeouts_exceed_outer",
          retry,
          `${attempts} attempts of up to ${timeoutMs} ms do not fit into ${whose} (${limitMs} ms): ` +
            `the last ones cannot end; give each at most ${Math.floor(limitMs / attempts)} ms`,
        ),
      );
  });
}

/** The nearest primitives of a type, here or below, that do not stand behind one of type `behind`. */
function below(site: Site, type: string, behind?: string): readonly Site[] {
  return childSites(site).flatMap((child) => nearest(child, type, behind));
}

function nearest(site: Site, type: string, behind: string | undefined): readonly Site[] {
  if (is(site, type)) return [site];
  return behind !== undefined && is(site, behind) ? [] : below(site, type, behind);
}

function leavesBelow(site: Site): readonly Site[] {
  return sitesBelow(site).filter(({ node }) => node.leaf);
}

/** A primitive of one's own, or an observed one, may call its type anything. */
function is(site: Site, type: string): boolean {
  return site.node.type === type && !isOwnComposite(site) && !isObserved(site);
}

function warning(code: WarningCode, { place }: Site, message: string): Warning {
  return { code, path: place.path, message };
}
