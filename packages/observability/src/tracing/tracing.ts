import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Collector } from "../config/collector.ts";
import type { ObservabilityConfig } from "../config/config.ts";
import type { ExitDelivery } from "../exit/exit-delivery.ts";
import { redactingProcessor } from "../logging/otel/redacting-span-exporter.ts";
import type { Report } from "../problem.ts";
import type { Sampling } from "../sampling/sampling.ts";
import { guardProcessor } from "./guarded-processor.ts";
import { createSpanDelivery } from "./span-delivery.ts";

/** What tracing is made from. */
export interface Tracing {
  readonly config: ObservabilityConfig;
  readonly sampling: Sampling;
  readonly collector: Collector | undefined;
  readonly resource: Resource;
  /** Foreign ones: they are guarded and come first, so that they may add to a span before it is sent. */
  readonly processors: readonly SpanProcessor[];
  /** Our own: the console. */
  readonly console: SpanProcessor | undefined;
  /** Hears how many spans were lost, and why. */
  readonly lost: (spans: number, reason: "span_export_failed" | "span_queue_full") => void;
  /** Is told what to deliver when the process ends. */
  readonly exit: Pick<ExitDelivery, "register">;
  /** Takes what delivers spans, where the application has an SDK of its own. */
  readonly offer: (processors: readonly SpanProcessor[]) => void;
  /** Takes secrets and content out of a span before anybody sees it outside the process. */
  readonly redact: (span: ReadableSpan) => ReadableSpan;
  readonly report: Report;
}

/** Creates what prints and delivers spans. None of them throws. */
export function createOwnProcessors(tracing: Tracing): readonly SpanProcessor[] {
  const { collector, sampling, report } = tracing;
  const own: SpanProcessor[] = [];
  if (tracing.console !== undefined)
    own.push(guardProcessor(redactingProcessor(tracing.console, tracing.redact), report));
  if (collector !== undefined) {
    const delivery = guardProcessor(createSpanDelivery({ ...tracing, collector }), report);
    own.push(guardProcessor(sampling.inFrontOf(delivery), report));
  }
  return own;
}

/** Builds the provider that makes spans and hands them to the processors. */
export function createTracerProvider(
  { resource, sampling, processors, report }: Tracing,
  own: readonly SpanProcessor[],
): TracerProvider {
  const foreign = processors.map((processor) => guardProcessor(processor, report));
  return new TracerProvider({
    resource,
    sampler: sampling.sampler,
    spanProcessors: [...sampling.processors, ...foreign, ...own],
  });
}
