import type { ContextManager, TracerProvider } from "@opentelemetry/api";
import { context, trace } from "@opentelemetry/api";
import type { FinishedSpan, RecordedSpan } from "./finished-span.ts";
import { finishedSpan } from "./finished-span.ts";
import type { Exporter, Processor, SpanCount, TracingFault } from "./span-processors.ts";
import { countingProcessor, faultyProcessor } from "./span-processors.ts";

export type { FinishedSpan } from "./finished-span.ts";

/** The standard names of the `OTEL_TRACES_SAMPLER` variable. */
export type SamplerName =
  | "always_on"
  | "always_off"
  | "traceidratio"
  | "parentbased_always_on"
  | "parentbased_always_off"
  | "parentbased_traceidratio";

export interface TestTracingOptions {
  /** @default "always_on" */
  readonly sampler?: SamplerName;
  /** Share of traces that the ratio samplers keep, 0 to 1. @default 1 */
  readonly ratio?: number;
  readonly fault?: TracingFault;
  /** False leaves the API's global provider and context manager alone. @default true */
  readonly global?: boolean;
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
  readonly createProcessor: (exporter: Exporter) => Processor;
  createContextManager(): ContextManager;
}

/** Builds tracing for a test on a real SDK. Tests call it as `createTestTracing` from `#sdk`. */
export function buildTestTracing<Sampler>(
  sdk: Sdk<Sampler>,
  options: TestTracingOptions = {},
): TestTracing {
  const { sampler = "always_on", ratio = 1, fault, global = true } = options;
  const memory = sdk.createMemory();
  const counts = new Map<string, SpanCount>();
  const processors = [sdk.createProcessor(memory), countingProcessor(counts)];
  // Last, so that the spans are recorded and counted before anything throws.
  if (fault !== undefined) processors.push(faultyProcessor(fault, sdk.createProcessor));
  const provider = sdk.createProvider(createSampler(sdk, sampler, ratio), processors);
  const contextManager = sdk.createContextManager().enable();
  if (
    global &&
    !(context.setGlobalContextManager(contextManager) && trace.setGlobalTracerProvider(provider))
  ) {
    throw new Error("another test tracing is still registered: call its shutdown() first");
  }

  const spanCounts = (): readonly SpanCount[] => [...counts.values()];
  return {
    provider,
    contextManager,
    sdkVersion: () => readSdkVersion(sdk),
    finishedSpans: () => memory.getFinishedSpans().map(finishedSpan),
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

function readSdkVersion<Sampler>(sdk: Sdk<Sampler>): string {
  const memory = sdk.createMemory();
  sdk
    .createProvider(sdk.alwaysOn, [sdk.createProcessor(memory)])
    .getTracer("version")
    .startSpan("version")
    .end();
  return String(memory.getFinishedSpans()[0]?.resource.attributes["telemetry.sdk.version"]);
}
