import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { Sampler } from "@opentelemetry/sdk-trace-base";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import type { Sdk, TestTracing, TestTracingOptions } from "../tracing/test-tracing.ts";
import { buildTestTracing } from "../tracing/test-tracing.ts";

/** Creates tracing for a test on OpenTelemetry SDK 2.x. */
export function createTestTracing(options?: TestTracingOptions): TestTracing {
  return buildTestTracing(sdk, options);
}

const sdk: Sdk<Sampler> = {
  alwaysOn: new AlwaysOnSampler(),
  alwaysOff: new AlwaysOffSampler(),
  createRatioSampler: (ratio) => new TraceIdRatioBasedSampler(ratio),
  createParentBasedSampler: (root) => new ParentBasedSampler({ root }),
  createProvider: (sampler, spanProcessors) => new BasicTracerProvider({ sampler, spanProcessors }),
  createMemory: () => new InMemorySpanExporter(),
  createProcessor: (exporter) => new SimpleSpanProcessor(exporter),
  createContextManager: () => new AsyncLocalStorageContextManager(),
};
