import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { AggregationTemporality, MetricReader } from "@opentelemetry/sdk-metrics";

/** What the page collects instruments from. */
export interface InstrumentSource {
  /**
   * Reads the instruments. Resolves with undefined where there are none to read.
   *
   * @param timeoutMs How long callbacks of observable instruments may take.
   */
  readonly read: (
    timeoutMs: number,
  ) => Promise<
    { readonly metrics: ResourceMetrics; readonly errors: readonly unknown[] } | undefined
  >;
}

/**
 * Reads an application's instruments for the metrics page, whenever it is scraped. Belongs into the `readers` of a
 * `MeterProvider`; until it is in one, and after that one was shut down, it reads nothing.
 */
export class PageMetricReader extends MetricReader implements InstrumentSource {
  #isAttached = false;

  constructor() {
    super({
      aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
      otelComponentType: "prometheus_http_text_metric_exporter",
    });
  }

  /** Whether a meter provider has it. */
  get isAttached(): boolean {
    return this.#isAttached;
  }

  async read(timeoutMs: number): ReturnType<InstrumentSource["read"]> {
    if (!this.#isAttached) return undefined;
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: timeoutMs });
    return { metrics: resourceMetrics, errors };
  }

  protected override onInitialized(): void {
    this.#isAttached = true;
  }

  protected override async onShutdown(): Promise<void> {
    this.#isAttached = false;
  }

  protected override async onForceFlush(): Promise<void> {
    // There is nothing to send: whoever scrapes comes by himself.
  }
}
