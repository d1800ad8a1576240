import { waitRanges, type WaitRange } from "./backoff-range.ts";
import type { Course } from "./course.ts";
import type { Env, Nest, Transfer } from "./env.ts";
import { extrapolate, MAX_ROUNDS } from "./extrapolate.ts";
import { countAt, withCount } from "./ledger.ts";
import { failures, ReachBuilder, type Ending } from "./reach.ts";
import { childSites, sitesBelow, type Site } from "./site.ts";

interface RetryOptions {
  readonly attempts: number;
  readonly backoff: { readonly kind: string };
  readonly nested: "limit" | "multiply";
  readonly hasRetryIf?: boolean;
  readonly budget?: string;
}

type Failure = Exclude<Ending, "ok">;

/** Calls its child again while it fails; mirrors `RetryRun`, rule by rule. */
export const walkRetry: Transfer = (site, start, env) => new RetryWalk(site, env).run(start);

class RetryWalk {
  readonly #options: RetryOptions;
  readonly #site: Site;
  readonly #child: Site;
  readonly #env: Env;
  readonly #at: string;
  /** The retries that limit this one. */
  readonly #around: readonly Nest[];
  readonly #inner: Env;
  readonly #limit: number;
  readonly #range: (attempt: number) => WaitRange;
  readonly #out = new ReachBuilder();

  constructor(site: Site, env: Env) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what retry() put there
    this.#options = site.node.options as unknown as RetryOptions;
    const { attempts, nested } = this.#options;
    this.#site = site;
    this.#child = childSites(site)[0]!;
    this.#env = env;
    this.#at = `${site.place.path}${env.turn}`;
    this.#around = nested === "multiply" ? [] : env.nests;
    const most = Math.max(attempts, this.#around.at(-1)?.attempts ?? 0);
    this.#limit = most;
    const nest = { at: this.#at, attempts: most };
    this.#inner = { ...env, nests: nested === "multiply" ? [] : [...this.#around, nest] };
    const range = waitRanges(this.#options.backoff);
    const asked = this.#longestAsked();
    this.#range = (attempt) => {
      const { least, most: planned } = range(attempt);
      return { least, most: Math.max(planned, asked) };
    };
  }

  run(start: Course): ReturnType<ReachBuilder["build"]> {
    const { attempts } = this.#options;
    if (this.#isSpent(start)) return this.#refused(start);
    if (this.#isUncertain) this.#out.end("retryable", start).end("final_retryable", start);
    let courses: readonly Course[] = [start];
    for (let attempt = 1; attempt <= attempts && courses.length > 0; attempt++) {
      if (attempt > MAX_ROUNDS) {
        const rounds = attempts - MAX_ROUNDS;
        const { most: waitMs } = this.#range(attempts);
        const isWaitCounted = this.#env.objective.ofWaiting(this.#site.place);
        const rest = { rounds, child: this.#child, waitMs, isWaitCounted };
        this.#out.add(extrapolate(courses, rest, this.#inner));
        break;
      }
      courses = this.#attempt(attempt, courses);
    }
    return this.#left(start);
  }

  /** Makes one attempt from each of the courses; returns where the next one may begin. */
  #attempt(attempt: number, courses: readonly Course[]): readonly Course[] {
    const reach = this.#env.walk(
      this.#child,
      courses.map((course) => this.#counted(course)),
      this.#inner,
    );
    this.#out.end("ok", ...reach.ends.ok).stop(...reach.stops);
    const waiting: Course[] = [];
    for (const ending of failures)
      for (const course of reach.ends[ending])
        if (this.#goesOn(ending, course, attempt)) waiting.push(course);
    return waiting.flatMap((course) => this.#wait(course, this.#range(attempt)));
  }

  /** Notes every way in which the retry may end here; true where it may go on. */
  #goesOn(ending: Failure, course: Course, attempt: number): boolean {
    const { attempts, hasRetryIf, budget, backoff } = this.#options;
    const base = baseOf(ending);
    if (base !== ending) {
      this.#out.end(ending, course);
      return false;
    }
    if (this.#isSpent(course) || this.#isUncertain) {
      this.#out.end(finalOf(ending), this.#endedForGood(course));
      if (!this.#isUncertain) return false;
    }
    const mayGoOn =
      attempt < attempts && ending !== "never" && (ending === "retryable" || hasRetryIf === true);
    if (!mayGoOn || hasRetryIf === true || budget !== undefined) this.#out.end(ending, course);
    // Who is asked may throw, and then that is the error.
    if (mayGoOn && (hasRetryIf === true || backoff.kind === "custom"))
      this.#out.end("retryable", course).end("terminal", course);
    return mayGoOn;
  }

  /** Where the next attempt begins after a wait. One that would begin at or after the deadline is not waited for. */
  #wait(course: Course, { least, most }: WaitRange): readonly Course[] {
    const { deadline, objective } = this.#env;
    const isCounted = objective.ofWaiting(this.#site.place);
    if (course.to + most >= deadline && deadline !== Infinity)
      this.#out.end("never", { ...course, from: Math.max(course.from, deadline - most) });
    if (course.from + least >= deadline) return [];
    if (deadline === Infinity && most === Infinity && (isCounted || objective.isTime))
      this.#noteEndless();
    if (most > 0)
      this.#out.stop({
        ...course,
        to: Math.min(course.to + most, deadline),
        slack: course.slack + (isCounted ? most : 0),
        linger: 0,
        shield: 0,
        until: Infinity,
      });
    return [
      {
        ...course,
        from: course.from + least,
        to: Math.min(course.to + most, deadline),
        value: course.value + (isCounted ? least : 0),
        slack: course.slack + (isCounted && most > least ? most - least : 0),
      },
    ];
  }

  #counted(course: Course): Course {
    if (this.#around.length === 0 || this.#isUncertain) return course;
    const { ledger } = course;
    return { ...course, ledger: withCount(ledger, this.#at, countAt(ledger, this.#at) + 1) };
  }

  #isSpent({ ledger }: Course): boolean {
    return this.#around.length > 0 && countAt(ledger, this.#at) >= this.#limit;
  }

  /** Without a ledger a retry below another may have calls left or not. */
  get #isUncertain(): boolean {
    return this.#env.isCoarse && this.#around.length > 0;
  }

  #refused(start: Course): ReturnType<ReachBuilder["build"]> {
    if (countAt(start.ledger, finalAt(this.#around.at(-1)!)) === 0)
      return this.#out.end("retryable", start).build();
    return this.#out.end("final_retryable", start).end("final_terminal", start).build();
  }

  #endedForGood(course: Course): Course {
    if (this.#isUncertain) return course;
    let { ledger } = course;
    for (const nest of this.#around) ledger = withCount(ledger, finalAt(nest), 1);
    return { ...course, ledger };
  }

  /** What the retries below have noted is forgotten with the retry that they were below. */
  #left(start: Course): ReturnType<ReachBuilder["build"]> {
    const { ends, stops } = this.#out.build(this.#env.deadline);
    const isOutermost = this.#around.length === 0;
    const leave = <C extends Course>(course: C): C => ({
      ...course,
      ledger: isOutermost ? start.ledger : withCount(course.ledger, finalAt({ at: this.#at }), 0),
    });
    const out = new ReachBuilder().end("ok", ...ends.ok.map(leave)).stop(...stops.map(leave));
    for (const ending of failures)
      out.end(isOutermost ? baseOf(ending) : ending, ...ends[ending].map(leave));
    return out.build();
  }

  /** Errors of ours that ask for a wait do so in any case; a server's word is as long as we are told to expect. */
  #longestAsked(): number {
    let asked = this.#env.retryAfterMs;
    for (const { node } of sitesBelow(this.#child)) {
      const { maxWaitMs, intervalMs, limit, openMs } = node.options as Record<string, number>;
      if (node.type === "rate_limit") asked = Math.max(asked, maxWaitMs! + intervalMs! / limit!);
      if (node.type === "circuit_breaker" && this.#options.hasRetryIf === true)
        asked = Math.max(asked, openMs!);
    }
    return asked;
  }

  #noteEndless(): void {
    const { place } = this.#site;
    const isCustom = this.#options.backoff.kind === "custom";
    this.#env.note({
      code: isCustom ? "custom_backoff" : "retry_after",
      path: place.path,
      message: isCustom
        ? `what the backoff of retry "${place.name}" returns is known when it is asked: put a timeout around it`
        : `a server may ask retry "${place.name}" for any wait (Retry-After): put a timeout around it`,
    });
  }
}

function finalAt({ at }: Pick<Nest, "at">): string {
  return `final ${at}`;
}

function baseOf(ending: Failure): Failure {
  if (ending === "final_retryable") return "retryable";
  return ending === "final_terminal" ? "terminal" : ending;
}

function finalOf(ending: Failure): Failure {
  if (ending === "retryable") return "final_retryable";
  return ending === "terminal" ? "final_terminal" : ending;
}
