import { parseArgs, styleText } from "node:util";
import type { Command } from "../command.ts";
import { checkCollector } from "../doctor/collector-check.ts";
import { checkEnvironment } from "../doctor/environment-check.ts";
import type { Finding } from "../doctor/finding.ts";
import { checkMetrics } from "../doctor/metrics-check.ts";
import { checkNode } from "../doctor/node-check.ts";
import { checkPackages } from "../doctor/packages-check.ts";
import { checkProject } from "../doctor/project-check.ts";
import { UsageError } from "../failure.ts";
import { wrapWords } from "../wrap-words.ts";

const METRICS = "http://127.0.0.1:9464/metrics";

export const doctor: Command = {
  name: "doctor",
  summary: "Look at the set-up: what is wrong, and what to do",
  help: `tta doctor [--otlp URL] [--metrics URL] [--config FILE] [--json]

Checks Node, the installed packages, the project's configuration, the environment, the collector (with a test span that
is really sent), the clock and the metrics page of a running program. One line each: what is there, what to do.
Exit code 0 when nothing is broken, 1 when something is.

      --otlp URL       another collector than the environment names
      --metrics URL    another page than ${METRICS}
  -c, --config FILE    another file than tta.config.ts
      --json           the findings as data`,
  async run({ args, cwd, terminal }) {
    const { otlp, metrics, config, json } = parse(args);
    const findings: readonly Finding[] = [
      checkNode(),
      ...checkPackages(cwd),
      await checkProject(cwd, config),
      ...(await checkEnvironment()),
      ...(await checkCollector(otlp)),
      await checkMetrics(metrics ?? METRICS, metrics !== undefined),
    ];
    terminal.print(
      json
        ? JSON.stringify(findings, undefined, 2)
        : format(findings, terminal.columns ?? Infinity),
    );
    return findings.some(({ state }) => state === "failure") ? 1 : 0;
  },
};

function parse(args: readonly string[]): {
  readonly otlp?: string | undefined;
  readonly metrics?: string | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
} {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        otlp: { type: "string" },
        metrics: { type: "string" },
        config: { type: "string", short: "c" },
        json: { type: "boolean", default: false },
      },
    });
    for (const option of ["otlp", "metrics"] as const) checkUrl(option, values[option]);
    return values;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message.split(". ", 1)[0] : String(error));
  }
}

function checkUrl(option: string, value: string | undefined): void {
  if (value === undefined || /^https?:$/.test(URL.parse(value)?.protocol ?? "")) return;
  throw new UsageError(`--${option}: expected an http:// or https:// URL, got "${value}"`);
}

const MARKS = {
  ok: ["green", "ok"],
  warning: ["yellow", "warning"],
  failure: ["red", "failure"],
  skipped: ["gray", "skipped"],
} as const;

/** Narrower than this, messages would be a column of single words. */
const LEAST_MESSAGE = 24;

/** A line each; what does not fit stands below its beginning. */
function format(findings: readonly Finding[], columns: number): string {
  const width = Math.max(...Object.keys(MARKS).map(({ length }) => length));
  const name = Math.max(...findings.map(({ check }) => check.length));
  const left = width + 2 + name + 2;
  return findings
    .map(({ check, state, message, advice }) => {
      const [colour, word] = MARKS[state];
      const mark = styleText(colour, word.padEnd(width));
      const text = `${message}${advice === undefined ? "" : ` → ${advice}`}`;
      const lines = wrapWords(text, Math.max(columns - left, LEAST_MESSAGE));
      return `${mark}  ${check.padEnd(name)}  ${lines.join(`\n${" ".repeat(left)}`)}`;
    })
    .join("\n");
}
