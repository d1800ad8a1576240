// A program that runs a workflow and then ends in the way that ENDING names. It is observed where OPTIONS is set, and
// says what it counted as lost where TELL is.
import { sequential, slot, workflow } from "@tta-dev/primitives";
import type { ObservabilityOptions } from "../config/options.ts";
import { initializeObservability } from "../initialize.ts";
import type { Observability } from "../observability.ts";

const { ENDING = "", OPTIONS, RUNS = "1", TELL } = process.env;

function before(): void {
  if (ENDING === "once-handler") {
    process.once("SIGTERM", () => {
      setTimeout(() => process.exit(9), 20);
    });
  }
}

async function runWorkflows(): Promise<void> {
  const greet = workflow(
    "greet",
    sequential(
      (name: string) => `Hello ${name}`,
      (greeting) => `${greeting}!`,
    ),
  );
  for (let run = 0; run < Number(RUNS); run++) await greet.execute("you");
}

/** Tells the test that the run is over, and what it needs to know. */
function ready(): void {
  process.stdout.write("ready\n");
}

function stayAlive(): void {
  setInterval(() => undefined, 1000);
}

function explode(): never {
  throw new TypeError("on purpose");
}

/** What signal-exit does: it ends the process only where nobody else listens. */
function listenAsSignalExitDoes(): void {
  const emitter = { count: 1 };
  Object.defineProperty(globalThis, Symbol.for("signal-exit emitter"), { value: emitter });
  const listener = (): void => {
    if (process.listeners("SIGTERM").length !== emitter.count) return;
    process.off("SIGTERM", listener);
    emitter.count = 0;
    process.stderr.write("cleaned up\n");
    process.kill(process.pid, "SIGTERM");
  };
  process.on("SIGTERM", listener);
}

const endings: Readonly<Record<string, (observability?: Observability) => unknown>> = {
  return: ready,
  "exit code": () => {
    process.exitCode = 5;
  },
  throw: explode,
  "throw later": () => setTimeout(explode, 1),
  "throw, handled": () => {
    process.on("uncaughtException", (error) => {
      process.stderr.write(`handled ${error.message}\n`);
      process.exitCode = 6;
    });
    setTimeout(explode, 1);
  },
  reject: () => void Promise.reject(new TypeError("on purpose")),
  exit: () => process.exit(3),
  "exit in a listener": () => {
    process.on("beforeExit", () => process.exit(8));
  },
  "never settles": () => new Promise(() => undefined),
  wait: () => {
    stayAlive();
    ready();
  },
  "wait for input": () => {
    process.stdin.resume();
    ready();
  },
  handler: () => {
    process.on("SIGTERM", () => {
      process.stderr.write("handled\n");
      setTimeout(() => process.exit(7), 20);
    });
    stayAlive();
    ready();
  },
  "deaf handler": () => {
    process.on("SIGTERM", () => process.stdout.write("deaf\n"));
    stayAlive();
    ready();
  },
  "once-handler": () => {
    stayAlive();
    ready();
  },
  "signal-exit": () => {
    listenAsSignalExitDoes();
    stayAlive();
    ready();
  },
  session: async (observability) => {
    // oxlint-disable-next-line no-underscore-dangle -- TypeScript takes any other name for a forgotten one
    await using _run = observability?.session();
    await runWorkflows();
  },
  "shutdown, not awaited": (observability) => {
    void observability?.shutdown();
    process.exit(3);
  },
  flush: async (observability) => {
    await observability?.forceFlush();
  },
  shutdown: async (observability) => {
    await observability?.shutdown();
    for (const { code, message } of observability?.problems ?? [])
      process.stdout.write(`${code}: ${message}\n`);
  },
  "keep running": async () => {
    ready();
    for await (const line of process.stdin) {
      await runWorkflows();
      process.stdout.write(`ran ${String(line)}`);
    }
  },
};

before();
const observability =
  OPTIONS === undefined
    ? undefined
    : initializeObservability(JSON.parse(OPTIONS) as ObservabilityOptions);
if (TELL !== undefined) {
  process.on("exit", () => {
    const dropped = slot().registry.counter("telemetry.dropped");
    const lost = dropped.bind({ reason: "span_export_failed" }).value;
    const codes = observability?.problems.map(({ code }) => code).join();
    process.stdout.write(`lost ${lost}; ${codes}\n`);
  });
}
if (ENDING !== "session") await runWorkflows();
await endings[ENDING]?.(observability);
