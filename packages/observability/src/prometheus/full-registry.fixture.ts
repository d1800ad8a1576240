import type { Registry } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import { metricDescriptors } from "@tta-dev/primitives/catalog";

/** A registry with a value in every metric of the catalogue. */
export function fullRegistry(): Registry {
  const registry = createRegistry();
  for (const { name, kind, labels } of metricDescriptors.values()) {
    const values = Object.fromEntries(
      labels.map((label) => [label.name, label.known[0] ?? `some ${label.name}`]),
    );
    // The catalogue pairs names and kinds; the compiler cannot see that of one of many.
    if (kind === "counter")
      registry
        .counter(name as "retry.attempts")
        .bind(values)
        .add(2);
    if (kind === "upDown")
      registry
        .upDown(name as "primitive.execution.active")
        .bind(values)
        .add(3);
    if (kind === "gauge" && name !== "telemetry.series")
      registry
        .gauge(name as "circuit_breaker.state")
        .bind(values)
        .set(0.5);
    if (kind === "histogram")
      registry
        .histogram(name as "primitive.execution.duration")
        .bind(values)
        .record(0.02);
  }
  return registry;
}
