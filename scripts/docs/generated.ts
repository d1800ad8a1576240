import { labelTable, metricTable } from "./metrics-guide.ts";
import { optionsTable } from "./options-reference.ts";

/** A part of a page that is made from code. */
export interface Generated {
  readonly page: string;
  readonly region: string;
  readonly text: string;
}

/** Everything in the documentation that is made from code. */
export function generated(): readonly Generated[] {
  return [
    { page: "docs/configuration.md", region: "options", text: optionsTable() },
    { page: "docs/metrics.md", region: "metrics", text: metricTable() },
    { page: "docs/metrics.md", region: "labels", text: labelTable() },
  ];
}
