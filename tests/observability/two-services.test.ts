import type { ObservabilityOptions } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import { expect, test, vi } from "vitest";
import { initialize, startSink } from "./initialized.fixture.ts";
import type { Running } from "./program.fixture.ts";
import { start } from "./program.fixture.ts";

vi.setConfig({ testTimeout: 30_000 });

async function addressOf(service: Running): Promise<string> {
  return /at (\S+)/.exec(await service.says(/at \S+\n/))?.[1] ?? "";
}

test.each<[string, ObservabilityOptions]>([
  ["W3C", {}],
  ["b3", { propagators: ["b3"] }],
  ["W3C, with tail sampling in each", { sampling: { tail: { ratio: 1 } } }],
])("a request through two services is one trace (%s)", async (_name, options) => {
  const sink = await startSink();
  const env = { OPTIONS: JSON.stringify({ ...options, otlpEndpoint: sink.url }) };
  const back = start("service.program.fixture.ts", { env: { ...env, NAME: "back" } });
  const next = await addressOf(back);
  const front = start("service.program.fixture.ts", { env: { ...env, NAME: "front", NEXT: next } });
  const url = await addressOf(front);

  const observability = initialize({ ...options, serviceName: "caller", otlpEndpoint: sink.url });
  const ask = workflow("ask", async () => (await fetch(url)).text());
  expect(await ask.execute(undefined)).toBe("answered by back");
  for (const service of [front, back]) {
    service.kill("SIGTERM");
    await service.ended;
  }
  await observability.shutdown();

  const spans = sink.spans();
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const path: string[] = [];
  let span = spans.find(
    ({ name, resource }) =>
      name === "primitive.workflow.execute" && resource["service.name"] === "back",
  );
  for (; span !== undefined; span = byId.get(span.parentSpanId))
    path.unshift(`${String(span.resource["service.name"])}: ${span.name}`);
  expect(path.filter((one) => !one.includes("step"))).toEqual([
    "caller: primitive.workflow.execute",
    "caller: GET",
    "front: GET",
    "front: primitive.workflow.execute",
    "front: GET",
    "back: GET",
    "back: primitive.workflow.execute",
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(sink.spanCounts().total).toBe(sink.spanCounts().unique);
});
