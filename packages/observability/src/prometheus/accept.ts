import type { ExpositionFormat } from "./format.ts";

/** Media type and version of the formats, as they are asked for. */
const OFFERED = [
  { format: "text", type: "text/plain", version: "0.0.4" },
  { format: "openmetrics", type: "application/openmetrics-text", version: "1.0.0" },
] as const;

/** What an element of an Accept header says of one format. */
interface Preference {
  readonly weight: number;
  /** 0 for all types, 1 for all of a kind, 2 for a type, 3 for a type and a version. */
  readonly precision: number;
}

/**
 * Chooses the format that a client likes best (RFC 9110, 12.5.1). Of two that it likes equally, it gets OpenMetrics if
 * it named it, and the text format otherwise; so does one that likes neither, because some page is better than none.
 */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  const ranges = splitList(accept ?? "");
  const [text, openmetrics] = OFFERED.map((offer) =>
    ranges
      .flatMap((range) => preferenceFor(offer, range) ?? [])
      .reduce((best, other) => (other.precision > best.precision ? other : best), NEVER),
  ) as [Preference, Preference];
  if (openmetrics.weight === 0 || openmetrics.weight < text.weight) return "text";
  return openmetrics.weight > text.weight || openmetrics.precision >= 2 ? "openmetrics" : "text";
}

const NEVER: Preference = { weight: 0, precision: -1 };

function preferenceFor(
  { type, version }: (typeof OFFERED)[number],
  { name, parameters, weight }: Element,
): Preference | undefined {
  if (name === "*/*") return { weight, precision: 0 };
  if (name === `${type.split("/", 1)[0]}/*`) return { weight, precision: 1 };
  if (name !== type) return undefined;
  const wanted = parameters.get("version");
  if (wanted === undefined) return { weight, precision: 2 };
  return wanted === version ? { weight, precision: 3 } : undefined;
}

/** Whether gzip is named, or everything is, and not with a weight of zero (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const weights = new Map(
    splitList(acceptEncoding ?? "").map(({ name, weight }) => [name, weight]),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

interface Element {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/** Splits a list such as `a;x=1, b;q=0.5`. An element whose weight is no number from 0 to 1 is ignored. */
function splitList(header: string): readonly Element[] {
  return header
    .toLowerCase()
    .split(",")
    .map((element) => {
      const [name = "", ...rest] = element.split(";").map((part) => part.trim());
      const parameters = new Map(
        rest.map((part) => {
          const [key = "", value = ""] = part.split("=", 2).map((side) => side.trim());
          return [key, value.replaceAll(/^"|"$/g, "")] as const;
        }),
      );
      const q = parameters.get("q");
      return { name, parameters, weight: q === undefined ? 1 : q === "" ? Number.NaN : Number(q) };
    })
    .filter(({ name, weight }) => name !== "" && weight >= 0 && weight <= 1);
}
