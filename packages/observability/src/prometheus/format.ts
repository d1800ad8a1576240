/** A form of the page: the text format 0.0.4 that everything reads, or OpenMetrics 1.0, which has exemplars and units. */
export type ExpositionFormat = "text" | "openmetrics";

/** What the page of each format is called in HTTP. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};
