// Records a lot at the default settings with everything on, and prints what that took. SPANS and RECORDINGS say how much.
import { getLogger, initializeObservability } from "@tta-dev/observability";
import type { ObservabilityOptions } from "@tta-dev/observability";
import { sequential, slot, step, workflow } from "@tta-dev/primitives";
import { defineSlo } from "@tta-dev/primitives/slo";

const { SPANS = "0", RECORDINGS = "0", OPTIONS = "{}" } = process.env;
const { gc } = globalThis;
if (gc === undefined) throw new Error("start this with node --expose-gc");

const observability = initializeObservability({
  ...(JSON.parse(OPTIONS) as ObservabilityOptions),
  slos: [
    defineSlo({ name: "up", objective: 0.99, indicator: { kind: "availability" } }),
    defineSlo({ name: "fast", objective: 0.9, indicator: { kind: "latency", thresholdMs: 100 } }),
  ],
});

let calls = 0;
const flows = Array.from({ length: 20 }, (_, index) =>
  workflow(
    `flow-${index}`,
    sequential(
      (input: number) => input + 1,
      step("work", (input: number) => {
        calls++;
        if (calls % 100 === 0) throw new Error("on purpose");
        if (calls % 50 === 0) getLogger("soak").info("worked", { calls });
        return input;
      }),
    ),
  ),
);
/** Workflow, sequence, two steps. */
const SPANS_PER_RUN = 4;

async function run(spans: number): Promise<void> {
  for (let index = 0; index < spans / SPANS_PER_RUN; index++) {
    const context = { correlationId: `request-${index}`, userId: `user-${index % 1000}` };
    await flows[index % flows.length]!.execute(index, context).catch(() => undefined);
    // As a server would that waits for its next request.
    if (index % 100 === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
}

function record(recordings: number): void {
  const { registry } = slot();
  for (let index = 0; index < recordings; index++) {
    // Bound anew each time, with more values than a label takes.
    const labels = { primitive_name: `name-${index % 5000}`, status: "success" } as const;
    if (index % 2 === 0) registry.counter("primitive.execution.count").bind(labels).add(1);
    else
      registry
        .histogram("primitive.execution.duration")
        .bind(labels)
        .record(index / 1000);
  }
}

function heapMegabytes(): number {
  gc!();
  gc!();
  return process.memoryUsage().heapUsed / 1e6;
}

await run(Math.min(40_000, Number(SPANS)));
record(Math.min(100_000, Number(RECORDINGS)));
await observability.forceFlush();
const before = heapMegabytes();
const startMs = performance.now();
record(Number(RECORDINGS));
const recordedMs = performance.now() - startMs;
await run(Number(SPANS));
const ranMs = performance.now() - startMs - recordedMs;
await observability.forceFlush();
const grownMb = heapMegabytes() - before;
const [status] = observability.slo.status("up");
const lastEvents = status?.events;
const series = slot()
  .registry.snapshot()
  .metrics.reduce((sum, metric) => sum + metric.series.length, 0);
const problems = observability.problems.map(({ code, count }) => `${code} ${count}`);
await observability.shutdown();
process.stdout.write(
  `${JSON.stringify({
    grownMb: Number(grownMb.toFixed(2)),
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1000),
    nsPerRecording: Math.round((recordedMs * 1e6) / Number(RECORDINGS)),
    usPerRun: Number(((ranMs * 1000) / (Number(SPANS) / SPANS_PER_RUN)).toFixed(1)),
    seconds: Math.round((recordedMs + ranMs) / 1000),
    lastEvents,
    series,
    problems,
  })}\n`,
);
