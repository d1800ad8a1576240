/** What kind of problem it is. A kind is reported once, with a count. */
export type ProblemCode =
  | "already_initialized"
  | "api_copies"
  | "collector_rejected"
  | "collector_timeout"
  | "collector_unavailable"
  | "collector_unreachable"
  | "component_state"
  | "environment_variable"
  | "export_failed"
  | "flush_timeout"
  | "logs_dropped"
  | "lost_at_exit"
  | "metric_invalid"
  | "metric_name_taken"
  | "metrics_failed"
  | "metrics_part_failed"
  | "metrics_port"
  | "not_attached"
  | "otlp_header"
  | "sampling_buffer_full"
  | "sdk_kept"
  | "service_name_missing"
  | "slo_listener"
  | "slo_state"
  | "span_processor"
  | "spans_dropped"
  | "spool_failed"
  | "tracing_failed"
  | "unknown_option";

/** Something around the program that is not as it should be. The program itself goes on as if nothing had happened. */
export interface Problem {
  readonly code: ProblemCode;
  /** What is wrong, where, and what to do; of the latest occurrence. Never contains a header's value. */
  readonly message: string;
  /** When it was first seen, as ISO 8601 in UTC. */
  readonly at: string;
  /** How often it was seen; for `spans_dropped` the number of spans. */
  readonly count: number;
}

/** What is reported: the kind, the words, and what tells apart two problems of one kind (a variable's name). */
export interface ProblemReport {
  readonly code: ProblemCode;
  readonly message: string;
  readonly subject?: string;
}

/** Takes a report. Never throws. */
export type Report = (problem: ProblemReport) => void;

/** The problems of one process, and the only way to add to them. */
export interface ProblemLog {
  /** Grows and counts while the program runs; each element is replaced, never changed. */
  readonly problems: readonly Problem[];
  readonly report: Report;
  /** Calls `listener` with each kind once: with those that are known, then with each new one. */
  readonly listen: (listener: (problem: Problem) => void) => void;
}

/** Makes an empty log. */
export function createProblemLog(): ProblemLog {
  const problems: Problem[] = [];
  const positions = new Map<string, number>();
  const listeners: ((problem: Problem) => void)[] = [];

  const tell = (listener: (problem: Problem) => void, problem: Problem): void => {
    try {
      listener(problem);
    } catch {
      // Whoever listens must not be able to break what is reported.
    }
  };

  return {
    problems,
    report({ code, message, subject = "" }) {
      const key = `${code} ${subject}`;
      const position = positions.get(key) ?? problems.length;
      const known = problems[position];
      if (known !== undefined) {
        problems[position] = { ...known, message, count: known.count + 1 };
        return;
      }
      const problem: Problem = { code, message, at: new Date().toISOString(), count: 1 };
      positions.set(key, position);
      problems.push(problem);
      for (const listener of listeners) tell(listener, problem);
    },
    listen(listener) {
      for (const problem of problems) tell(listener, problem);
      listeners.push(listener);
    },
  };
}
