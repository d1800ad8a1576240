import { metrics, type Counter, type Histogram } from "@opentelemetry/api";
import { durationBounds } from "./places.ts";

/** The two instruments of the hand-written contestants. */
export interface Instruments {
  readonly count: Counter;
  readonly duration: Histogram;
}

/** Makes the instruments, once, under the registered meter provider. */
export function createInstruments(): Instruments {
  const meter = metrics.getMeter("answer-question");
  return {
    count: meter.createCounter("primitive.execution.count", { unit: "{execution}" }),
    duration: meter.createHistogram("primitive.execution.duration", {
      unit: "s",
      advice: { explicitBucketBoundaries: [...durationBounds] },
    }),
  };
}
