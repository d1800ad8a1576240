import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { DataPointType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from "@opentelemetry/sdk-trace";
import { createCountingExporter, type CountingExporter } from "./counting-exporter.ts";

/** How many traces are recorded: all, one in a hundred as the root decides, none. */
export type Sampling = "all" | "one-percent" | "never";

/** A registered OpenTelemetry SDK whose exporter drops what it counts. */
export interface Sdk {
  readonly exporter: CountingExporter;
  /** Exports what the batch processor holds. */
  flush(): Promise<void>;
  /** Sums a counter of the meter provider over all its series. */
  total(counter: string): Promise<number>;
}

/** Collects when asked, cumulatively; without a reader the SDK's instruments would store nothing. */
class OnDemandReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

const samplers: Readonly<Record<Sampling, () => Sampler>> = {
  all: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  "one-percent": () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) }),
  never: () => new AlwaysOffSampler(),
};

/**
 * Registers tracer, meter and context manager for the process, as an application does at its start.
 *
 * @throws {Error} when something is registered already: each process measures under one SDK.
 */
export function registerSdk(sampling: Sampling): Sdk {
  const exporter = createCountingExporter();
  const resource = resourceFromAttributes({ "service.name": "bench" });
  const tracerProvider = new TracerProvider({
    resource,
    sampler: samplers[sampling](),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const reader = new OnDemandReader();
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  const registered =
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()) &&
    trace.setGlobalTracerProvider(tracerProvider) &&
    metrics.setGlobalMeterProvider(meterProvider);
  if (!registered) throw new Error("an OpenTelemetry SDK is registered in this process already");

  return {
    exporter,
    flush: () => tracerProvider.forceFlush(),
    async total(counter) {
      const { resourceMetrics } = await reader.collect();
      let sum = 0;
      for (const { metrics: collected } of resourceMetrics.scopeMetrics)
        for (const metric of collected)
          if (metric.descriptor.name === counter && metric.dataPointType === DataPointType.SUM)
            for (const point of metric.dataPoints) sum += point.value;
      return sum;
    },
  };
}
