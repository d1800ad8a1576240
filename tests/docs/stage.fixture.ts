import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type {
  SinkAnswer,
  SinkProtocol,
} from "../../packages/observability/src/testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../../packages/observability/src/testing/otlp-sink.fixture.ts";
import type { Sight } from "./symptoms.fixture.ts";

/** What stands around a program while something is made to go wrong. */
export interface Stage {
  /** Starts a web server that always answers the same; returns its address. */
  readonly serve: (status: number, body: string) => Promise<string>;
  /** Starts a collector; returns its address. */
  readonly sink: (answer: SinkAnswer, protocol?: SinkProtocol) => Promise<string>;
  /** Finds an address where nobody listens. */
  readonly deserted: () => Promise<string>;
  /** Says what is to be done when the test is over. */
  readonly later: (close: () => unknown) => void;
  readonly clear: () => Promise<void>;
}

/** Makes each cause of a symptom happen, and tells what is seen. */
export type Causes = Readonly<Record<string, () => Promise<Sight>>>;

/** Makes an empty stage. */
export function createStage(): Stage {
  const closing: (() => unknown)[] = [];
  const serve = async (status: number, body: string): Promise<string> => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  return {
    serve,
    async sink(answer, protocol = "http/protobuf") {
      const started = await startOtlpSink({ protocol });
      started.behave(() => answer);
      closing.push(started.close);
      return started.url;
    },
    async deserted() {
      const url = await serve(200, "");
      await closing.pop()?.();
      return url;
    },
    later: (close) => void closing.push(close),
    async clear() {
      for (const close of closing.splice(0)) await close();
    },
  };
}
