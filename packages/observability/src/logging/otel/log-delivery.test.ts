import { logs } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { afterEach, describe, expect, test } from "vitest";
import type { Collector } from "../../config/collector.ts";
import type { ExitSource } from "../../exit/shipment.ts";
import { createProblemLog } from "../../problem.ts";
import type { OtlpSink, SinkProtocol } from "../../testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../../testing/otlp-sink.fixture.ts";
import { collectLines } from "../collected-lines.fixture.ts";
import { getLogger } from "../logger.ts";
import { createRedactor } from "../redaction/redactor.ts";
import { startLogging } from "../start-logging.ts";
import type { LogDeliveryOptions } from "./log-delivery.ts";
import { createLogDelivery } from "./log-delivery.ts";
import type { RunningLogRecords } from "./start-log-records.ts";
import { startLogRecords } from "./start-log-records.ts";

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Started {
  readonly sink: OtlpSink;
  readonly records: RunningLogRecords;
  readonly exit: ExitSource;
  readonly lost: [number, string][];
  readonly problems: readonly { readonly code: string }[];
}

async function start(
  protocol: SinkProtocol,
  options: Partial<LogDeliveryOptions> = {},
): Promise<Started> {
  const sink = await startOtlpSink({ protocol });
  const collector: Collector = {
    url: protocol === "grpc" ? sink.url : `${sink.url}/v1/logs`,
    protocol,
    headers: {},
    timeoutMs: 1000,
    compression: "none",
  };
  const lost: [number, string][] = [];
  const { problems, report } = createProblemLog();
  const redactor = createRedactor();
  let exit: ExitSource | undefined;
  const delivery = createLogDelivery({
    collector,
    redactor,
    maxBatchSize: 10,
    maxQueueSize: 100,
    intervalMs: 60_000,
    lost: (count, reason) => void lost.push([count, reason]),
    exit: { register: (source) => void (exit = source) },
    report,
    ...options,
  });
  const resource = resourceFromAttributes({
    "service.name": "desk",
    "process.command_args": ["node", "--token", "abc"],
  });
  const records = startLogRecords({ resource, processors: [delivery], existingSdk: false });
  const { release } = startLogging({
    level: "info",
    structured: true,
    correlation: true,
    redactor,
    records: records.provider,
    destination: collectLines(),
    report,
  });
  ends.push(release, records.release, records.shutdown, sink.close);
  return { sink, records, exit: exit!, lost, problems };
}

describe("log records on their way to a collector", () => {
  test.each(["http/protobuf", "http/json", "grpc"] as const)(
    "arrive once each over %s",
    async (protocol) => {
      const { sink, records, problems } = await start(protocol);
      const logger = getLogger("billing");
      for (let index = 0; index < 25; index++)
        logger.info("line", { index, nested: { a: [1, "b"] } });
      await records.forceFlush();
      expect(sink.faults).toEqual([]);
      expect(sink.logRecords().map(({ attributes }) => attributes["index"])).toEqual(
        Array.from({ length: 25 }, (_, index) => index),
      );
      expect(sink.logRecords()[0]).toMatchObject({
        scope: "billing",
        body: "line",
        severityText: "INFO",
        attributes: { nested: { a: [1, "b"] } },
        resource: {
          "service.name": "desk",
          "process.command_args": ["node", "--token", "[redacted]"],
        },
      });
      expect(problems).toEqual([]);
    },
  );

  test("of others have no secrets and no content left", async () => {
    const { sink, records } = await start("http/json");
    logs.getLogger("theirs").emit({
      body: { prompt: "Hi", text: "mail ada@example.com" },
      eventName: "token=abc",
      attributes: { password: "hunter2", "url.full": "https://u:p@x.example/" },
    });
    await records.forceFlush();
    expect(sink.logRecords()).toMatchObject([
      {
        body: { prompt: "[redacted:content]", text: "mail [redacted:email]" },
        eventName: "token=[redacted:keyValue]",
        attributes: {
          password: "[redacted]",
          "url.full": "https://[redacted:urlCredentials]@x.example/",
        },
      },
    ]);
  });

  test("are counted where the queue is full", async () => {
    const { sink, lost, problems } = await start("http/json", { maxQueueSize: 5, maxBatchSize: 5 });
    sink.behave(() => "hang");
    const logger = getLogger("a");
    for (let index = 0; index < 5 + 5 + 3; index++) logger.info("line");
    expect(lost).toEqual([
      [1, "log_queue_full"],
      [1, "log_queue_full"],
      [1, "log_queue_full"],
    ]);
    expect(problems).toMatchObject([{ code: "logs_dropped" }]);
  });

  test("are counted where the collector refuses them", async () => {
    const { sink, records, lost, problems } = await start("http/json");
    sink.behave(() => 401);
    getLogger("a").info("line");
    await records.forceFlush();
    expect(lost).toEqual([[1, "log_export_failed"]]);
    expect(problems).toMatchObject([{ code: "collector_rejected" }]);
    sink.behave(() => ({ rejected: 1, message: "no" }));
    getLogger("a").info("line");
    await records.forceFlush();
    expect(lost).toHaveLength(2);
  });

  test("are handed out, redacted, when the process ends", async () => {
    const { exit, lost } = await start("http/json");
    logs.getLogger("theirs").emit({ body: "token=abc" });
    const parcels = exit.take();
    const text = parcels.map(({ body }) => Buffer.from(body).toString()).join("");
    expect(parcels).toMatchObject([{ signal: "logs", encoding: "json", items: 1 }]);
    expect(text).toContain("token=[redacted:keyValue]");
    expect(text).not.toContain("abc");
    expect(exit.take()).toEqual([]);
    exit.lost(2);
    expect(lost).toEqual([[2, "log_export_failed"]]);
  });
});
