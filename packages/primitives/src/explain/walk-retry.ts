import { askedWaitMs } from "./asked-wait.ts";
import { waitRanges, type WaitRange } from "./backoff-range.ts";
import { ENDS_AT_ONCE, spent, type Course } from "./course.ts";
import type { Env, Transfer } from "./env.ts";
import { extrapolate, MAX_ROUNDS } from "./extrapolate.ts";
import { countAt, withCount } from "./ledger.ts";
import { baseOf, failures, finalOf, isFinal, ReachBuilder, type Failure } from "./reach.ts";
import { childSites, type Site } from "./site.ts";

interface RetryOptions {
  readonly attempts: number;
  readonly backoff: { readonly kind: string };
  readonly nested: "limit" | "multiply";
  readonly hasRetryIf?: boolean;
  readonly budget?: string;
}

/** Calls its child again while it fails; mirrors `RetryRun`, rule by rule. */
export const walkRetry: Transfer = (site, start, env) => new RetryWalk(site, env).run(start);

class RetryWalk {
  readonly #options: RetryOptions;
  readonly #site: Site;
  readonly #child: Site;
  readonly #env: Env;
  readonly #at: string;
  /** True where a retry around limits this one. */
  readonly #isNested: boolean;
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
    this.#isNested = nested === "limit" && env.outerAttempts > 0;
    this.#limit = this.#isNested ? Math.max(attempts, env.outerAttempts) : attempts;
    this.#inner = { ...env, outerAttempts: nested === "multiply" ? 0 : this.#limit };
    const range = waitRanges(this.#options.backoff);
    const asked = Math.max(env.retryAfterMs, askedWaitMs(site));
    this.#range = (attempt) => {
      const { least, most: planned } = range(attempt);
      return { least, most: Math.max(planned, asked) };
    };
  }

  run(start: Course): ReturnType<ReachBuilder["build"]> {
    const { attempts } = this.#options;
    if (this.#isSpent(start) || this.#isUncertain) {
      // What it was called again for stands.
      this.#out.end("final_retryable", start).end("final_terminal", start);
      if (!this.#isUncertain) return this.#left(start);
    }
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
    if (isFinal(ending)) {
      this.#out.end(ending, course);
      return false;
    }
    if (this.#isSpent(course) || this.#isUncertain) {
      this.#out.end(finalOf(ending), course);
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
    const ended = spent({ ...course, to: Math.min(course.to, deadline - least) });
    const isOpen = ended.to + most >= deadline && deadline !== Infinity;
    if (deadline === Infinity && most === Infinity && (isCounted || objective.isTime))
      this.#noteEndless();
    if (most > 0)
      this.#out.stop({
        ...ended,
        ...ENDS_AT_ONCE,
        to: Math.min(ended.to + most, deadline),
        slack: ended.slack + (isCounted ? most : 0),
        isOpen,
      });
    return [
      {
        ...ended,
        from: ended.from + least,
        to: Math.min(ended.to + most, deadline),
        value: ended.value + (isCounted ? least : 0),
        slack: ended.slack + (isCounted && most > least ? most - least : 0),
        isOpen,
      },
    ];
  }

  #counted(course: Course): Course {
    if (!this.#isNested || this.#isUncertain) return course;
    const { ledger } = course;
    return { ...course, ledger: withCount(ledger, this.#at, countAt(ledger, this.#at) + 1) };
  }

  #isSpent({ ledger }: Course): boolean {
    return this.#isNested && countAt(ledger, this.#at) >= this.#limit;
  }

  /** Without a ledger a retry below another may have calls left or not. */
  get #isUncertain(): boolean {
    return this.#env.isCoarse && this.#isNested;
  }

  /** What the retries below have noted is forgotten with the retry that they were below. */
  #left(start: Course): ReturnType<ReachBuilder["build"]> {
    const { ends, stops } = this.#out.build(this.#env.deadline);
    if (this.#isNested) return { ends, stops };
    const forget = <C extends Course>(course: C): C => ({ ...course, ledger: start.ledger });
    const out = new ReachBuilder().end("ok", ...ends.ok.map(forget)).stop(...stops.map(forget));
    for (const ending of failures) out.end(baseOf(ending), ...ends[ending].map(forget));
    return out.build();
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
