import type { InstrumentType as InstrumentTypes } from "@opentelemetry/sdk-metrics";
import { AggregationTemporality, InstrumentType } from "@opentelemetry/sdk-metrics";

/**
 * Whether metrics are sent as totals or as what was added since the last time.
 *
 * `"delta"` sends counters and histograms as what was added, `"lowmemory"` those alone that count as they go; sums that
 * may fall are always totals.
 *
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration
 */
export type TemporalityPreference = "cumulative" | "delta" | "lowmemory";

const { CUMULATIVE, DELTA } = AggregationTemporality;

/** Returns how an instrument is sent under a preference. */
export function temporalityOf(
  instrument: InstrumentTypes,
  preference: TemporalityPreference,
): AggregationTemporality {
  if (preference === "cumulative") return CUMULATIVE;
  switch (instrument) {
    case InstrumentType.COUNTER:
    case InstrumentType.HISTOGRAM:
      return DELTA;
    case InstrumentType.OBSERVABLE_COUNTER:
    case InstrumentType.GAUGE:
    case InstrumentType.OBSERVABLE_GAUGE:
      return preference === "delta" ? DELTA : CUMULATIVE;
    case InstrumentType.UP_DOWN_COUNTER:
    case InstrumentType.OBSERVABLE_UP_DOWN_COUNTER:
      return CUMULATIVE;
  }
}
