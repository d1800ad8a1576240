import { once } from "node:events";
import { slot } from "@tta-dev/primitives";
import { createDesk } from "./desk.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { startModelServer } from "./model-server/model-server.ts";
import { largeModel, planOutages, smallModel } from "./models.ts";
import { startObservability } from "./start-observability.ts";
import type { DemoOptions } from "./options.ts";
import { createPace } from "./pace.ts";
import { createPeople } from "./people.ts";
import { runSchedule } from "./schedule.ts";
import { summarizeRecorded } from "./summary/recorded.ts";
import { summarizeSlo } from "./summary/slo.ts";
import { createScreen } from "./terminal/screen.ts";
import { createTraceRecorder } from "./trace-recorder.ts";
import { createQuestion } from "./traffic/question.ts";
import type { TrafficRequest } from "./traffic/take-requests.ts";

const names = ["Ada", "Ben", "Chidi", "Dana", "Emre", "Fumiko", "Gita", "Hugo"];

/** Runs the demo over some traffic and returns its exit code. */
export async function runDemo({
  options,
  requests,
}: {
  readonly options: DemoOptions;
  readonly requests: readonly TrafficRequest[];
}): Promise<number> {
  const { seed, speed, concurrency } = options;
  const interrupts = listenForInterrupts();
  const screen = createScreen(options);
  const recorder = createTraceRecorder(screen.showFirstTrace);
  const pace = createPace(speed);
  const people = createPeople({ names, pace });
  const server = await startModelServer({
    models: [largeModel, smallModel],
    seed,
    speed,
    outages: planOutages(requests),
  });
  const desk = createDesk({ modelUrl: server.baseUrl, people, speed });
  const observability = startObservability(options, desk, recorder.processor);

  await observability.ready;
  screen.showStart(observability);
  screen.showProblems(observability.problems);

  interrupts.stop.addEventListener("abort", screen.showStopping, { once: true });
  const startedMs = performance.now();
  const ended = await runSchedule({
    requests,
    speed,
    concurrency,
    signal: interrupts.stop,
    run(request) {
      const question = createQuestion(request, seed);
      return desk.coordinator.execute(question, {
        correlationId: question.key,
        userId: question.customerId,
        signal: interrupts.breakOff,
        timeoutMs: pace.limitMs(120_000),
      });
    },
    onChange: (state) => {
      screen.showProgress(state, interrupts.stop.aborted);
    },
  });
  const wallMs = performance.now() - startedMs;
  const interrupted = interrupts.stop.aborted;
  interrupts.stop.removeEventListener("abort", screen.showStopping);
  const { metricsUrl } = observability;
  const serves = !options.once && !interrupted && metricsUrl !== undefined;
  // With nothing left to finish, Ctrl-C ends the program at once.
  if (!serves) interrupts.dispose();
  people.close();
  await server.close();
  await observability.forceFlush();

  const runs = ended.succeeded + ended.failed;
  screen.showSummary({
    runs,
    errors: ended.failed,
    errorRatio: runs === 0 ? 0 : ended.failed / runs,
    traces: recorder.traces(),
    interrupted,
    requested: options.requests,
    seed,
    speed,
    wallMs,
    metricsUrl: metricsUrl ?? null,
    ...summarizeRecorded(slot().registry.snapshot(), desk.coordinator.describe()),
    slos: observability.slo.status().map(summarizeSlo),
    components: observability.components.snapshot(),
    circuits: observability.circuits.snapshot(),
    llm: observability.llm.snapshot(),
    modelServer: server.tally(),
    problems: observability.problems.map(({ code, message, count }) => ({ code, message, count })),
  });
  screen.showProblems(observability.problems);

  if (serves) {
    screen.showServing(metricsUrl);
    await untilAborted(interrupts.stop);
    interrupts.dispose();
  }
  await observability.shutdown();
  screen.showProblems(observability.problems);
  return interrupted ? 130 : 0;
}

/** Keeps the process alive until then; the page of metrics alone does not. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => {}, 2 ** 30);
  if (!signal.aborted) await once(signal, "abort");
  clearInterval(alive);
}
