import type { Attributes } from "@opentelemetry/api";
import { escapeLabelValue } from "./text.ts";

/**
 * Writes `target_info`: one gauge that is always 1, with the resource's attributes as labels. A query joins it to the
 * other metrics, which therefore need not carry service and environment themselves.
 *
 * Dots and whatever else a label may not contain become underscores; values of attributes that end up under one label
 * are joined with ";" in the order of their attributes' names.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes
 */
export function formatTargetInfo(resource: Attributes): string {
  const labels = new Map<string, string>();
  for (const attribute of Object.keys(resource).toSorted()) {
    const value = resource[attribute];
    if (value === undefined || value === null || value === "") continue;
    const label = labelName(attribute);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const known = labels.get(label);
    labels.set(label, known === undefined ? text : `${known};${text}`);
  }
  const pairs = [...labels].map(([label, value]) => `${label}="${escapeLabelValue(value)}"`);
  return `# HELP target_info What is known of the program.\n# TYPE target_info gauge\ntarget_info{${pairs.join(",")}} 1\n`;
}

function labelName(attribute: string): string {
  const name = attribute.replaceAll(/[^a-zA-Z0-9_]/g, "_");
  return /^\d/.test(name) ? `_${name}` : name;
}
