import type { DemoOptions } from "../options.ts";
import { reserveOutput } from "../reserve-output.ts";
import type { ScheduleState } from "../schedule.ts";
import type { Summary } from "../summary/summary.ts";
import { countedText } from "./number-text.ts";
import { choosePaint } from "./paint.ts";
import { createProgress } from "./progress.ts";
import type { SpanRecord } from "./span-record.ts";
import { renderSummary } from "./summary-table.ts";
import { renderTraceTree } from "./trace-tree.ts";

/** Something around the program that is not as it should be. */
interface Problem {
  readonly code: string;
  readonly message: string;
}

/** Everything the demo says. */
export interface Screen {
  readonly showStart: (about: { readonly metricsUrl: string | undefined }) => void;
  readonly showProgress: (state: ScheduleState, stopping: boolean) => void;
  readonly showStopping: () => void;
  readonly showFirstTrace: (spans: readonly SpanRecord[]) => void;
  readonly showProblem: (problem: Problem) => void;
  /** Says each problem once, in a line. */
  readonly showProblems: (problems: readonly Problem[]) => void;
  readonly showSummary: (summary: Summary) => void;
  readonly showServing: (metricsUrl: string) => void;
}

/** What every log line begins with, and nothing else that is likely to be written. */
const logLineStart = '{"timestamp":';
/** Columns where standard output is no terminal. */
const defaultColumns = 120;

/**
 * Makes the demo's screen: results on standard output, everything else on standard error. With
 * `--json` standard output gets one object, and standard error what a person must know.
 */
export function createScreen(options: DemoOptions): Screen {
  const { json, requests, speed, otlp, logs } = options;
  const { stdout, stderr, env } = process;
  const writeResult = reserveOutput(showOther);
  const paint = choosePaint(stdout, env);
  const width = (): number => (stdout.isTTY ? stdout.columns : defaultColumns);
  const progress = createProgress({
    stream: stderr,
    paint: choosePaint(stderr, env),
    now: () => performance.now(),
    quiet: json,
  });
  let shownProblems = 0;
  const showProblem = ({ code, message }: Problem): void => {
    progress.interject(() => stderr.write(`support-desk: ${code}: ${message}\n`));
  };

  /** Shows what others write, but for log lines that nobody asked for. */
  function showOther(text: string): void {
    if (logs === undefined && text.startsWith(logLineStart)) return;
    progress.interject(() => stderr.write(text));
  }

  return {
    showStart({ metricsUrl }) {
      if (json) return;
      stderr.write(
        `support desk: ${countedText(requests, "request")} at ${speed} × the trace's speed\n` +
          (metricsUrl === undefined ? "" : `metrics at ${metricsUrl}\n`) +
          (otlp === undefined ? "" : `traces, metrics and logs to ${otlp}\n`),
      );
    },
    showProgress(state, stopping) {
      progress.update({ ...state, stopping });
    },
    showStopping() {
      progress.interject(() =>
        stderr.write("stopping when what runs is done; Ctrl-C once more breaks it off\n"),
      );
    },
    showFirstTrace(spans) {
      if (json) return;
      progress.interject(() => {
        const title = paint("bold", "The first run's trace");
        writeResult(`\n${title}\n\n${renderTraceTree(spans, { width: width(), paint })}\n\n`);
      });
    },
    showProblem,
    showProblems(problems) {
      problems.slice(shownProblems).forEach(showProblem);
      shownProblems = problems.length;
    },
    showSummary(summary) {
      progress.finish();
      writeResult(
        json
          ? `${JSON.stringify(summary)}\n`
          : `\n${renderSummary(summary, { width: width(), paint })}\n`,
      );
    },
    showServing(metricsUrl) {
      stderr.write(`\nserving ${metricsUrl} until Ctrl-C\n`);
    },
  };
}
