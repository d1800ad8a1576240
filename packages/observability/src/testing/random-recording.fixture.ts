import type { Registry } from "@tta-dev/primitives";
import * as fc from "fast-check";

/** One thing that somebody records. */
export type Recording = (registry: Registry) => void;

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("search", "draft", "", "__other__", 'a"b\\c\nd', "é") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
);
const status = fc.constantFrom("success" as const, "error" as const, "timeout" as const);
const seconds = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 400, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.01, 0.02, 327.68, 1e-12, 1e12) },
);

/** Recordings of every kind: counts, tokens, money, what rises and falls, states, durations. */
export const recordings: fc.Arbitrary<readonly Recording[]> = fc.array(
  fc.oneof(
    fc.record({ primitive_name: name, status }).map(
      (labels): Recording =>
        (registry) =>
          registry.counter("primitive.execution.count").bind(labels).add(),
    ),
    fc.record({ llm_provider: name, tokens: fc.nat() }).map(
      ({ llm_provider, tokens }): Recording =>
        (registry) =>
          registry.counter("llm.tokens.total").bind({ llm_provider }).add(tokens),
    ),
    fc.record({ workflow_name: name, nanoUsd: fc.maxSafeNat() }).map(
      ({ workflow_name, nanoUsd }): Recording =>
        (registry) =>
          registry.counter("llm.cost.usd").bind({ workflow_name }).addNanoUsd(nanoUsd),
    ),
    fc.record({ primitive_name: name, by: fc.constantFrom(1, -1) }).map(
      ({ primitive_name, by }): Recording =>
        (registry) =>
          registry.upDown("primitive.execution.active").bind({ primitive_name }).add(by),
    ),
    fc.record({ primitive_name: name, state: fc.constantFrom(0, 0.5, 1) }).map(
      ({ primitive_name, state }): Recording =>
        (registry) =>
          registry.gauge("circuit_breaker.state").bind({ primitive_name }).set(state),
    ),
    fc.record({ primitive_name: name, seconds }).map(
      ({ primitive_name, seconds: duration }): Recording =>
        (registry) =>
          registry
            .histogram("primitive.execution.duration")
            .bind({ primitive_name })
            .record(duration),
    ),
  ),
  { maxLength: 60 },
);
