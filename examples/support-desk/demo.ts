import { once } from "node:events";
import { chatParameters, createModelClient } from "./model-client.ts";
import { startModelServer } from "./model-server/model-server.ts";
import { largeModel, planOutages, smallModel } from "./models.ts";
import { listenForInterrupts } from "./interrupts.ts";
import type { DemoOptions } from "./options.ts";
import { runSchedule } from "./schedule.ts";
import type { Summary } from "./summary.ts";
import { choosePaint } from "./terminal/paint.ts";
import { createProgress } from "./terminal/progress.ts";
import { renderSummary } from "./terminal/summary-table.ts";
import { createQuestion } from "./traffic/question.ts";
import type { TrafficRequest } from "./traffic/take-requests.ts";

/** Columns where standard output is no terminal. */
const defaultColumns = 120;

/** Runs the demo over some traffic and returns its exit code. */
export async function runDemo(demo: {
  readonly options: DemoOptions;
  readonly requests: readonly TrafficRequest[];
}): Promise<number> {
  const { options, requests } = demo;
  const { seed, speed, concurrency } = options;
  const interrupts = listenForInterrupts();
  const server = await startModelServer({
    models: [largeModel, smallModel],
    seed,
    speed,
    outages: planOutages(requests),
  });
  const client = createModelClient(server.baseUrl);
  const progress = createProgress({
    stream: process.stderr,
    paint: choosePaint(process.stderr, process.env),
    now: () => performance.now(),
    quiet: options.json,
  });

  const startedMs = performance.now();
  const state = await runSchedule({
    requests,
    speed,
    concurrency,
    signal: interrupts.stop,
    run: (request) =>
      client.chat.completions.create(chatParameters(createQuestion(request, seed), largeModel.id), {
        signal: interrupts.breakOff,
      }),
    onChange: (now) => progress.update({ ...now, stopping: interrupts.stop.aborted }),
  });
  progress.finish();

  const tally = server.tally();
  const runs = state.succeeded + state.failed;
  const summary: Summary = {
    runs,
    errors: state.failed,
    errorRatio: runs === 0 ? 0 : state.failed / runs,
    traces: 0,
    interrupted: interrupts.stop.aborted,
    requested: options.requests,
    seed,
    speed,
    wallMs: performance.now() - startedMs,
    primitives: [],
    retries: { repeatedAttempts: 0, recovered: 0, failed: 0 },
    fallbacks: [],
    breakers: [],
    tokens: { prompt: tally.promptTokens, completion: tally.completionTokens },
    caches: [],
    handOffs: { asked: 0, answered: 0 },
    modelServer: tally,
  };
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : `${drawSummary(summary)}\n`);

  const wasInterrupted = interrupts.stop.aborted;
  if (!options.once && !wasInterrupted) await once(interrupts.stop, "abort");
  await server.close();
  interrupts.dispose();
  return wasInterrupted ? 130 : 0;
}

function drawSummary(summary: Summary): string {
  const width = process.stdout.isTTY ? process.stdout.columns : defaultColumns;
  return renderSummary(summary, { width, paint: choosePaint(process.stdout, process.env) });
}
