import { escapeLabelValue } from "./text.ts";

/** Writes labels as they stand between braces. One without a value is left out, which means the same to Prometheus. */
export function formatLabels(labels: Iterable<readonly [name: string, value: string]>): string {
  let text = "";
  for (const [name, value] of labels) {
    if (value !== "") text += `${text === "" ? "" : ","}${name}="${escapeLabelValue(value)}"`;
  }
  return text;
}

/**
 * Writes attributes as labels: dots and whatever else a label may not contain become underscores, and of several in a
 * row one is left. Values of attributes that end up under one label are joined with ";" in the order of their names.
 *
 * @param reserved Label that the format itself uses here; an attribute of that name gets `exported_` before it.
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export function formatAttributes(
  attributes: Readonly<Record<string, unknown>>,
  reserved?: string,
): string {
  const labels = new Map<string, string>();
  for (const attribute of Object.keys(attributes).toSorted()) {
    const value = textOf(attributes[attribute]);
    if (value === "") continue;
    const name = labelName(attribute);
    const label = name === reserved ? `exported_${name}` : name;
    const known = labels.get(label);
    labels.set(label, known === undefined ? value : `${known};${value}`);
  }
  return formatLabels(labels);
}

function labelName(attribute: string): string {
  const name = attribute.replaceAll(/[^a-zA-Z0-9]+/g, "_");
  return name === "" || /^\d/.test(name) ? `_${name}` : name;
}

/** Text as it is, everything else as JSON; "" for what has no value. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : (JSON.stringify(value) ?? "");
}
