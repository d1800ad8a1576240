import type { DropReason } from "@tta-dev/primitives/catalog";
import type { Report } from "../problem.ts";

/** Where the page tells what it had to leave out. */
export interface PageProblems {
  readonly report: Report;
  /** Counts what is left out, in `telemetry.dropped`. */
  readonly drop: (reason: DropReason) => void;
}

/** Makes something of one metric. If that fails, this metric alone is missing: counted, and reported. */
export function orLeaveOut<R>(
  metric: string,
  make: () => R,
  { report, drop }: PageProblems,
): R | undefined {
  try {
    return make();
  } catch (error) {
    drop("invalid_metric");
    const reason = error instanceof Error ? error.message : String(error);
    report({
      code: "metric_invalid",
      message: `the metric ${metric} is not on the metrics page: ${reason}`,
      subject: metric,
    });
    return undefined;
  }
}
