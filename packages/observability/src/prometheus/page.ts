import type { Attributes } from "@opentelemetry/api";
import type { Snapshot } from "@tta-dev/primitives";
import { withinDeadline } from "../deadline.ts";
import { appendedFamilies } from "./appended/appended-families.ts";
import { allExemplars, keptExemplars, noExemplars } from "./exemplar-choice.ts";
import { END } from "./exposition.ts";
import { createFamilyNames } from "./family-names.ts";
import type { ExpositionFormat } from "./format.ts";
import { instrumentFamilies } from "./instruments/instrument-families.ts";
import type { InstrumentSource } from "./instruments/page-reader.ts";
import type { PageProblems } from "./page-problems.ts";
import { orLeaveOut } from "./page-problems.ts";
import { registryFamily } from "./registry-family.ts";
import { targetInfo } from "./target-info.ts";
import { writeFamily } from "./write-family.ts";

export interface MetricsPageOptions extends PageProblems {
  /** Copies what the registry holds. */
  readonly snapshot: () => Snapshot;
  /** Attributes of `target_info`, as far as they are known when the page is written. */
  readonly resource: () => Attributes;
  /** The application's instruments. */
  readonly instruments?: InstrumentSource;
  /** A page in text format 0.0.4 that comes after ours. */
  readonly append?: () => string | Promise<string>;
  /** Says whether a trace was kept; every sampled trace is, if left out. */
  readonly isKept?: (traceId: string) => boolean;
  /**
   * How long to wait for instruments and for `append`.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
}

/** What a scrape gets. */
export interface MetricsPage {
  /** Writes the page with the numbers of the moment in which it resolves. Rejects only if `snapshot` throws. */
  readonly render: (format: ExpositionFormat) => Promise<string>;
}

/**
 * Makes the metrics page: the registry, the application's instruments, and what the application appends.
 *
 * What the application gives can fail and can be late: then it is missing, and the rest is there.
 */
export function createMetricsPage(options: MetricsPageOptions): MetricsPage {
  const { snapshot, resource, instruments, append, isKept, report, timeoutMs = 5000 } = options;
  const choice = isKept === undefined ? allExemplars : keptExemplars(isKept);

  async function inTime<R>(part: string, read: () => R | Promise<R>): Promise<R | undefined> {
    const reading = (async () => await read())();
    try {
      if ((await withinDeadline(reading, timeoutMs)) > 0) return await reading;
      throw new Error(`they took more than ${timeoutMs} ms`);
    } catch (error) {
      report({
        code: "metrics_part_failed",
        message: `the metrics page lacks ${part}: ${error instanceof Error ? error.message : String(error)}`,
        subject: part,
      });
      return undefined;
    }
  }

  return {
    async render(format) {
      const [read, appended] = await Promise.all([
        instruments && inTime("your instruments", () => instruments.read(timeoutMs)),
        append && inTime("the metrics that you append", () => textOf(append)),
      ]);
      for (const error of read?.errors ?? []) {
        report({
          code: "metrics_part_failed",
          message: `an observable instrument could not be read: ${String(error)}`,
          subject: "observable",
        });
      }
      const names = createFamilyNames();
      const { metrics } = snapshot();
      const exemplars = format === "text" ? noExemplars : choice;
      const write = (name: string, family: () => Parameters<typeof writeFamily>[0]): string =>
        orLeaveOut(name, () => writeFamily(family(), format), options) ?? "";

      let page = write("target_info", () => targetInfo(resource()));
      for (const metric of metrics)
        page += write(metric.prometheusName, () => registryFamily(metric, exemplars));
      for (const family of read ? instrumentFamilies(read.metrics, names, options) : [])
        page += write(family.name, () => family);
      for (const family of appended === undefined ? [] : appendedFamilies(appended, names, options))
        page += write(family.name, () => family);
      return format === "text" ? page : page + END;
    },
  };
}

async function textOf(append: () => unknown): Promise<string> {
  const text = await append();
  if (typeof text === "string") return text;
  throw new TypeError(`append gave a value of type ${typeof text}, expected a string`);
}
