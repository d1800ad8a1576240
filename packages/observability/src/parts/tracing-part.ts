import { createConsoleProcessor } from "../console/console-processor.ts";
import { spanRedactor } from "../logging/otel/redact-span.ts";
import type { Sampling } from "../sampling/sampling.ts";
import { createSampling } from "../sampling/sampling.ts";
import { startTracing } from "../tracing/start.ts";
import type { Part } from "./part.ts";
import type { Setup } from "./setup.ts";

/** Tracing, and which traces are kept. */
export interface TracingPart extends Part, Pick<Sampling, "isKept"> {}

/** Starts to make and deliver spans; where the application has an SDK, offers it what delivers them. */
export function startTracingPart(setup: Setup): TracingPart {
  const { options, resolved, terminal, shared, report } = setup;
  const { config, collectors } = resolved;
  const { registry } = shared;
  const dropped = registry.counter("telemetry.dropped");
  const sampling = createSampling({
    settings: resolved.sampling,
    rate: config.traceSampleRate.value,
    parentBased: config.parentBased.value,
    registry,
    report,
  });
  const { spans, unsampledIsFinal, baggageKeys } = shared;
  const tracing = startTracing({
    config,
    sampling,
    collector: collectors.traces,
    resource: setup.resource,
    processors: options.spanProcessors ?? [],
    console: terminal && createConsoleProcessor(terminal),
    lost(count, reason) {
      dropped.bind({ reason }).add(count);
    },
    exit: setup.exit,
    offer: setup.attachment.offerSpans,
    redact: spanRedactor(setup.checked.redactor),
    report,
  });
  setup.exit.before(sampling.decideAll);
  shared.spans = config.spans.value;
  shared.baggageKeys = setup.checked.baggageKeys ?? baggageKeys;
  shared.unsampledIsFinal = tracing.isOurs && config.parentBased.value;
  return {
    isKept: sampling.isKept,
    release() {
      Object.assign(shared, { spans, unsampledIsFinal, baggageKeys });
      tracing.unregister();
    },
    forceFlush: tracing.forceFlush,
    shutdown: tracing.shutdown,
  };
}
