import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Readable, Writable } from "node:stream";
import type { ObservabilityOptions } from "../config/options.ts";
import type { OtlpSink } from "../testing/otlp-sink.fixture.ts";

/** How a program ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Child {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when it has written this. */
  readonly says: (words: string) => Promise<void>;
  readonly write: (words: string) => void;
  readonly closeInput: () => void;
  readonly end: Promise<End>;
}

export interface ChildOptions {
  readonly ending: string;
  /** Observed with these; not observed without. */
  readonly options?: ObservabilityOptions;
  readonly runs?: number;
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the program in a worker thread, whose exit code becomes that of the process. */
  readonly inThread?: boolean;
}

/** Spans of one run of the program's workflow: the workflow, the sequence, its two steps. */
export const SPANS_PER_RUN = 4;

const PROGRAM = fileURLToPath(new URL("program.fixture.ts", import.meta.url));
const THREAD = fileURLToPath(new URL("thread.fixture.ts", import.meta.url));
/** One that hangs is the failure that is looked for: it must not outlive the test. */
const LONGEST_LIFE_MS = 15_000;

/** Starts the program of program.fixture.ts. */
export function startChild(child: ChildOptions): Child {
  const { ending, options, runs, nodeOptions = [], env, inThread = false } = child;
  const started: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    process.execPath,
    ["--conditions=@tta-dev/source", ...nodeOptions, inThread ? THREAD : PROGRAM],
    {
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        ENDING: ending,
        ...(options !== undefined && { OPTIONS: JSON.stringify(options) }),
        ...(runs !== undefined && { RUNS: String(runs) }),
        ...env,
      },
      timeout: LONGEST_LIFE_MS,
      killSignal: "SIGKILL",
    },
  );
  const stdout = collect(started.stdout);
  const stderr = collect(started.stderr);
  const end = once(started, "close").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout: stdout.text(),
    // Warnings name the process.
    stderr: stderr.text().replaceAll(/\(node:\d+\)/g, "(node)"),
  }));
  return {
    kill: (signal) => void started.kill(signal),
    says: (words) => Promise.race([stdout.until(words), end.then(() => undefined)]),
    write: (words) => void started.stdin.write(words),
    closeInput: () => void started.stdin.end(),
    end,
  };
}

/** Runs the program to its end; the signal, if any, comes right after its run. */
export async function runChild(options: ChildOptions, signal?: NodeJS.Signals): Promise<End> {
  const child = startChild(options);
  if (signal !== undefined) {
    await child.says("ready");
    child.kill(signal);
  }
  return child.end;
}

/** Options for a program that sends to this sink, but nothing before its end. */
export function observedBy(
  { url }: Pick<OtlpSink, "url">,
  options: ObservabilityOptions = {},
): ObservabilityOptions {
  return {
    serviceName: "child",
    environment: "production",
    otlpEndpoint: url,
    otlpProtocol: "http/protobuf",
    // Metrics would come along: what is asked here is what becomes of spans.
    otlpSignals: ["traces"],
    prometheus: { enabled: false },
    exportIntervalMs: 600_000,
    ...options,
  };
}

function collect(stream: Readable) {
  let seen = "";
  const waiting = new Set<() => void>();
  stream.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
    for (const check of waiting) check();
  });
  return {
    text: () => seen,
    until: (words: string) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (seen.includes(words)) resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}
