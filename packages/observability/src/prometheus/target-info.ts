import type { Attributes } from "@opentelemetry/api";
import type { NumberFamily } from "./family.ts";
import { formatAttributes } from "./label-text.ts";

/**
 * Makes `target_info`: always 1, with the resource's attributes as labels. A query joins it to the other metrics, which
 * therefore need not carry service and environment themselves.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes
 */
export function targetInfo(resource: Attributes): NumberFamily {
  return {
    name: "target",
    type: "info",
    help: "What is known of the program.",
    points: [{ labels: formatAttributes(resource), value: 1 }],
  };
}
