import type { Context, Span } from "@opentelemetry/api";
import type { RecordedSpan } from "./finished-span.ts";

/** What goes wrong in telemetry; never in what is observed. */
export type TracingFault =
  | "exporter_throws"
  | "exporter_fails"
  | "processor_throws_on_start"
  | "processor_throws_on_end";

/** How often the SDK saw one recording span start, and how often somebody called `end()` on it. */
export interface SpanCount {
  readonly name: string;
  readonly starts: number;
  readonly ends: number;
}

/** A span processor as both SDKs take it. */
export interface Processor {
  onStart(span: Span & RecordedSpan, parentContext: Context): void;
  onEnd(span: RecordedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** A span exporter as both SDKs take it. */
export interface Exporter {
  export(
    spans: readonly RecordedSpan[],
    done: (result: { code: number; error?: Error }) => void,
  ): void;
  shutdown(): Promise<void>;
}

/** Creates a processor that keeps a count for each span id. */
export function countingProcessor(counts: Map<string, SpanCount>): Processor {
  const add = (span: RecordedSpan, starts: number, ends: number): void => {
    const { spanId } = span.spanContext();
    const before = counts.get(spanId) ?? { starts: 0, ends: 0 };
    counts.set(spanId, {
      name: span.name,
      starts: before.starts + starts,
      ends: before.ends + ends,
    });
  };
  return {
    ...idle,
    onStart(span): void {
      add(span, 1, 0);
      // The SDK tells its processors about the first end() alone, so a second one is only visible at the method.
      const end = span.end.bind(span);
      span.end = (endTime): void => {
        add(span, 0, 1);
        end(endTime);
      };
    },
    onEnd: () => undefined,
  };
}

/**
 * Creates a processor that goes wrong.
 *
 * @param createProcessor Makes the SDK's own processor for an exporter.
 */
export function faultyProcessor(
  fault: TracingFault,
  createProcessor: (exporter: Exporter) => Processor,
): Processor {
  const fail = (): never => {
    throw new Error(`fault injected by the test: ${fault}`);
  };
  switch (fault) {
    case "exporter_throws":
      return createProcessor({ export: fail, shutdown: idle.shutdown });
    case "exporter_fails":
      return createProcessor({
        export: (_spans, done) =>
          done({ code: 1, error: new Error(`fault injected by the test: ${fault}`) }),
        shutdown: idle.shutdown,
      });
    case "processor_throws_on_start":
      return { ...idle, onStart: fail, onEnd: () => undefined };
    case "processor_throws_on_end":
      return { ...idle, onStart: () => undefined, onEnd: fail };
  }
}

const idle = { forceFlush: async (): Promise<void> => {}, shutdown: async (): Promise<void> => {} };
