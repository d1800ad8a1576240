import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import type { OtlpSink, SinkProtocol } from "../testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";

let sink: OtlpSink | undefined;
afterEach(async () => {
  await sink?.close();
  sink = undefined;
});

const OPTIONS = `{ url: process.argv[1], headers: {}, compression: "none", tls: undefined }`;
const HTTP = `
  import { createHttpTransport } from ${JSON.stringify(new URL("http-transport.ts", import.meta.url).href)};
  const transport = createHttpTransport(${OPTIONS}, "application/x-protobuf");
`;
const GRPC = `
  import { createGrpcTransport } from ${JSON.stringify(new URL("grpc-transport.ts", import.meta.url).href)};
  const transport = createGrpcTransport(${OPTIONS}, {
    method: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    leftOut() {},
  });
`;

/** Runs a program to its end, which comes when nothing is left for it to do. */
async function run(program: string, url: string): Promise<{ code: unknown; output: string }> {
  const child = spawn(
    process.execPath,
    ["-C", "@tta-dev/source", "--input-type=module", "--eval", program, url],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return { code, output };
}

async function listen(protocol: SinkProtocol): Promise<string> {
  sink = await startOtlpSink({ protocol });
  return sink.url + (protocol === "grpc" ? "" : "/v1/traces");
}

test("an export over HTTP that is under way does not keep the process alive", async () => {
  const url = await listen("http/protobuf");
  sink?.behave(() => "hang");
  const program = `${HTTP} transport.send(new Uint8Array(), 600_000).finally(() => console.log("settled"));`;
  expect(await run(program, url)).toEqual({ code: 0, output: "" });
});

test.each<[SinkProtocol, string]>([
  ["http/protobuf", HTTP],
  ["grpc", GRPC],
])("an idle connection over %s does not keep the process alive", async (protocol, program) => {
  const url = await listen(protocol);
  const alive = "const held = setInterval(() => {}, 1e6);";
  const send = "transport.send(new Uint8Array(), 600_000)";
  const done = "(({ status }) => { console.log(status); clearInterval(held); })";
  expect(await run(`${program} ${alive} ${send}.then${done};`, url)).toEqual({
    code: 0,
    output: "success\n",
  });
});

test("a call over gRPC that is under way keeps the process alive until its time is over", async () => {
  const url = await listen("grpc");
  sink?.behave(() => "hang");
  const program = `${GRPC} transport.send(new Uint8Array(), 300).finally(() => console.log("settled"));`;
  expect(await run(program, url)).toEqual({ code: 0, output: "settled\n" });
});

test("the library for gRPC is loaded only where gRPC is chosen", async () => {
  const exporter = JSON.stringify(new URL("otlp-exporter.ts", import.meta.url).href);
  const signal = JSON.stringify(new URL("signal.ts", import.meta.url).href);
  const program = `
    import { createRequire } from "node:module";
    import { createOtlpExporter } from ${exporter};
    import { traces } from ${signal};
    const create = (protocol) => createOtlpExporter(traces, {
      collector: { url: process.argv[1], protocol, headers: {}, timeoutMs: 1, compression: "none" },
      destination: "", refused() {}, report() {},
    });
    const isLoaded = () => {
      const files = Object.keys(createRequire(import.meta.url).cache);
      return files.some((file) => file.includes("@grpc"));
    };
    create("http/protobuf");
    create("http/json");
    console.log(isLoaded());
    await import("@grpc/grpc-js");
    console.log(isLoaded());
  `;
  const url = await listen("http/protobuf");
  expect(await run(program, url)).toEqual({ code: 0, output: "false\ntrue\n" });
});
