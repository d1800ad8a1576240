import { afterEach } from "vitest";
import type { OtlpSink, SinkOptions, SinkProtocol } from "../testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";

const sinks: OtlpSink[] = [];

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
});

/** Starts a collector that is closed after the test. */
export async function startSink(
  protocol: SinkProtocol = "http/protobuf",
  port?: number,
  tls?: SinkOptions["tls"],
): Promise<OtlpSink> {
  const sink = await startOtlpSink({
    protocol,
    ...(port !== undefined && { port }),
    ...(tls !== undefined && { tls }),
  });
  sinks.push(sink);
  return sink;
}
