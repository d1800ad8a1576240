import { AggregationTemporality, InstrumentType } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { temporalityOf } from "./temporality.ts";

const { CUMULATIVE, DELTA } = AggregationTemporality;

// The table of the OTLP metrics exporter: counters and histograms, then what is observed, then what may fall.
test.each([
  ["cumulative", CUMULATIVE, CUMULATIVE, CUMULATIVE],
  ["delta", DELTA, DELTA, CUMULATIVE],
  ["lowmemory", DELTA, CUMULATIVE, CUMULATIVE],
] as const)("%s", (preference, counted, observed, falling) => {
  const of = (instrument: InstrumentType): AggregationTemporality =>
    temporalityOf(instrument, preference);
  expect(of(InstrumentType.COUNTER)).toBe(counted);
  expect(of(InstrumentType.HISTOGRAM)).toBe(counted);
  expect(of(InstrumentType.OBSERVABLE_COUNTER)).toBe(observed);
  expect(of(InstrumentType.GAUGE)).toBe(observed);
  expect(of(InstrumentType.OBSERVABLE_GAUGE)).toBe(observed);
  expect(of(InstrumentType.UP_DOWN_COUNTER)).toBe(falling);
  expect(of(InstrumentType.OBSERVABLE_UP_DOWN_COUNTER)).toBe(falling);
});
