import type { ComponentReadings, SloReader } from "@tta-dev/observability/collectors";
import type { Component } from "@tta-dev/primitives/slo";

/** What is known of how components are used, from wherever it is known. */
export interface Evidence {
  readonly use: (component: Component) => ComponentReadings["use"];
  readonly days: (component: Component) => ComponentReadings["days"];
  readonly slo: SloReader;
  /** Where it is from, in words. */
  readonly source: string;
}
