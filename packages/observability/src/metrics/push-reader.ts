import type { ExportResult } from "@opentelemetry/core";
import type {
  MetricProducer,
  MetricReaderOptions,
  PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import { MetricReader } from "@opentelemetry/sdk-metrics";

/** When and with what a reader pushes. */
export interface PushReaderOptions {
  /** Ends each export once and in bounded time. */
  readonly exporter: PushMetricExporter;
  readonly intervalMs: number;
  /** How long callbacks of observable instruments may take, in milliseconds. */
  readonly collectTimeoutMs: number;
  readonly producers: MetricProducer[];
  readonly aggregation: MetricReaderOptions["aggregationSelector"];
  readonly temporality: MetricReaderOptions["aggregationTemporalitySelector"];
}

/**
 * Pushes at an interval, and when it is told to. No timer of it keeps the process alive, also while a push is under way:
 * the SDK's periodic reader holds the process until its own limit on a push.
 */
export class PushMetricReader extends MetricReader {
  readonly #options: PushReaderOptions;
  #timer: NodeJS.Timeout | undefined = undefined;
  #underWay: Promise<void> | undefined = undefined;

  constructor(options: PushReaderOptions) {
    super({
      metricProducers: options.producers,
      ...(options.aggregation && { aggregationSelector: options.aggregation }),
      ...(options.temporality && { aggregationTemporalitySelector: options.temporality }),
    });
    this.#options = options;
  }

  protected override onInitialized(): void {
    this.#timer = setInterval(() => {
      // A collector that is slower than the interval gets the next numbers when it is done with these.
      if (this.#underWay === undefined) void this.#push();
    }, this.#options.intervalMs);
    this.#timer.unref();
  }

  protected override async onForceFlush(): Promise<void> {
    // Reads at once where it can: whoever shuts down takes gauges back right after.
    if (this.#underWay !== undefined) await this.#underWay;
    await this.#push();
  }

  protected override async onShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.onForceFlush();
    await this.#options.exporter.shutdown();
  }

  /** Never rejects: whatever fails is reported where it failed. */
  #push(): Promise<void> {
    const work = this.#collectAndExport().catch(() => undefined);
    this.#underWay = work;
    return work.finally(() => {
      if (this.#underWay === work) this.#underWay = undefined;
    });
  }

  async #collectAndExport(): Promise<void> {
    const { collectTimeoutMs, exporter } = this.#options;
    const { resourceMetrics } = await this.collect({ timeoutMillis: collectTimeoutMs });
    const { promise, resolve } = Promise.withResolvers<ExportResult>();
    exporter.export(resourceMetrics, resolve);
    await promise;
  }
}
