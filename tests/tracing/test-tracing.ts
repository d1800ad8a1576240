import type {
  Attributes,
  Context,
  ContextManager,
  HrTime,
  Link,
  Span,
  SpanContext,
  SpanKind,
} from "@opentelemetry/api";
import type { SpanStatus, TracerProvider } from "@opentelemetry/api";
import { context, trace } from "@opentelemetry/api";

/** The standard names of the `OTEL_TRACES_SAMPLER` variable. */
export type SamplerName =
  | "always_on"
  | "always_off"
  | "traceidratio"
  | "parentbased_always_on"
  | "parentbased_always_off"
  | "parentbased_traceidratio";

/** What goes wrong in telemetry; never in what is observed. */
export type TracingFault =
  | "exporter_throws"
  | "exporter_fails"
  | "processor_throws_on_start"
  | "processor_throws_on_end";

export interface TestTracingOptions {
  /** @default "always_on" */
  readonly sampler?: SamplerName;
  /** Share of traces that the ratio samplers keep, 0 to 1. @default 1 */
  readonly ratio?: number;
  readonly fault?: TracingFault;
  /** False leaves the API's global provider and context manager alone. @default true */
  readonly global?: boolean;
}

/** A span that has ended, in the same form whichever SDK recorded it. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly status: SpanStatus;
  readonly events: readonly {
    readonly name: string;
    readonly timeMs: number;
    readonly attributes: Attributes;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: Attributes;
  }[];
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly ended: boolean;
}

/** How often the SDK saw one recording span start, and how often somebody called `end()` on it. */
export interface SpanCount {
  readonly name: string;
  readonly spanId: string;
  readonly starts: number;
  readonly ends: number;
}

export interface TestTracing {
  readonly provider: TracerProvider;
  readonly contextManager: ContextManager;
  /** Version that the loaded SDK writes into its own resource, for example `"3.1.1"`. */
  readonly sdkVersion: () => string;
  /** Exported spans, in the order in which they ended. */
  readonly finishedSpans: () => readonly FinishedSpan[];
  readonly spanCounts: () => readonly SpanCount[];
  /** Spans that did not start once and end once: empty when all is well. */
  readonly unbalancedSpans: () => readonly SpanCount[];
  /** Forgets all spans and counts. */
  readonly reset: () => void;
  /** Shuts the provider down and gives the API back its no-op globals. */
  readonly shutdown: () => Promise<void>;
}

/** What SDK 2.x and SDK 3.x agree on about a recorded span. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: Attributes;
  }[];
  readonly ended: boolean;
  readonly resource: { readonly attributes: Readonly<Record<string, unknown>> };
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

/** The handful of constructors in which the SDKs differ. */
export interface Sdk<Sampler> {
  readonly alwaysOn: Sampler;
  readonly alwaysOff: Sampler;
  createRatioSampler(ratio: number): Sampler;
  createParentBasedSampler(root: Sampler): Sampler;
  createProvider(
    sampler: Sampler,
    processors: Processor[],
  ): TracerProvider & { shutdown(): Promise<void> };
  createMemory(): Exporter & { reset(): void; getFinishedSpans(): readonly RecordedSpan[] };
  /** Exports each span as it ends. */
  createProcessor(exporter: Exporter): Processor;
  createContextManager(): ContextManager;
}

/** Builds tracing for a test on a real SDK. Tests call it as `createTestTracing` from `#sdk`. */
export function buildTestTracing<Sampler>(
  sdk: Sdk<Sampler>,
  options: TestTracingOptions = {},
): TestTracing {
  const { sampler = "always_on", ratio = 1, fault, global = true } = options;
  const memory = sdk.createMemory();
  const counts = new Map<string, { name: string; starts: number; ends: number }>();
  const processors = [sdk.createProcessor(memory), countingProcessor(counts)];
  // Last, so that the spans are recorded and counted before anything throws.
  if (fault !== undefined) processors.push(faultyProcessor(sdk, fault));
  const provider = sdk.createProvider(createSampler(sdk, sampler, ratio), processors);
  const contextManager = sdk.createContextManager().enable();
  if (
    global &&
    !(context.setGlobalContextManager(contextManager) && trace.setGlobalTracerProvider(provider))
  ) {
    throw new Error("another test tracing is still registered: call its shutdown() first");
  }

  const spanCounts = (): SpanCount[] =>
    [...counts].map(([spanId, count]) => ({ spanId, ...count }));
  return {
    provider,
    contextManager,
    sdkVersion: () => readSdkVersion(sdk),
    finishedSpans: () => memory.getFinishedSpans().map(normalise),
    spanCounts,
    unbalancedSpans: () => spanCounts().filter((count) => count.starts !== 1 || count.ends !== 1),
    reset(): void {
      memory.reset();
      counts.clear();
    },
    async shutdown(): Promise<void> {
      if (global) {
        trace.disable();
        context.disable();
      }
      contextManager.disable();
      await provider.shutdown();
    },
  };
}

function createSampler<Sampler>(sdk: Sdk<Sampler>, name: SamplerName, ratio: number): Sampler {
  switch (name) {
    case "always_on":
      return sdk.alwaysOn;
    case "always_off":
      return sdk.alwaysOff;
    case "traceidratio":
      return sdk.createRatioSampler(ratio);
    case "parentbased_always_on":
      return sdk.createParentBasedSampler(sdk.alwaysOn);
    case "parentbased_always_off":
      return sdk.createParentBasedSampler(sdk.alwaysOff);
    case "parentbased_traceidratio":
      return sdk.createParentBasedSampler(sdk.createRatioSampler(ratio));
  }
}

function countingProcessor(
  counts: Map<string, { name: string; starts: number; ends: number }>,
): Processor {
  return {
    ...idle,
    onStart(span): void {
      const { spanId } = span.spanContext();
      const count = counts.get(spanId) ?? { name: span.name, starts: 0, ends: 0 };
      counts.set(spanId, count);
      count.starts += 1;
      // The SDK tells its processors about the first end() alone, so a second one is only visible at the method.
      const end = span.end.bind(span);
      span.end = (endTime): void => {
        count.ends += 1;
        end(endTime);
      };
    },
    onEnd: () => undefined,
  };
}

function faultyProcessor(
  sdk: Pick<Sdk<unknown>, "createProcessor">,
  fault: TracingFault,
): Processor {
  const fail = (): never => {
    throw new Error(`fault injected by the test: ${fault}`);
  };
  switch (fault) {
    case "exporter_throws":
      return sdk.createProcessor({ export: fail, shutdown: idle.shutdown });
    case "exporter_fails":
      return sdk.createProcessor({
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

function readSdkVersion<Sampler>(sdk: Sdk<Sampler>): string {
  const memory = sdk.createMemory();
  sdk
    .createProvider(sdk.alwaysOn, [sdk.createProcessor(memory)])
    .getTracer("version")
    .startSpan("version")
    .end();
  return String(memory.getFinishedSpans()[0]?.resource.attributes["telemetry.sdk.version"]);
}

function normalise(span: RecordedSpan): FinishedSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    kind: span.kind,
    attributes: { ...span.attributes },
    status: { ...span.status },
    events: span.events.map((event) => ({
      name: event.name,
      timeMs: toMs(event.time),
      attributes: { ...event.attributes },
    })),
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      attributes: { ...link.attributes },
    })),
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    startMs: toMs(span.startTime),
    endMs: toMs(span.endTime),
    ended: span.ended,
  };
}

function toMs([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6;
}
