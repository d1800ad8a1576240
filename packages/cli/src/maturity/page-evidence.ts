import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  countUse,
  sloReader,
  type NoData,
  type SloValue,
  type UseCount,
  type UseReading,
} from "@tta-dev/observability/collectors";
import { metricDescriptor, type MetricName } from "@tta-dev/primitives/catalog";
import type { Component } from "@tta-dev/primitives/slo";
import { ask } from "../doctor/ask.ts";
import { UsageError } from "../failure.ts";
import type { Evidence } from "./evidence.ts";
import { readSamples, type Sample } from "./metrics-page.ts";

const nameOf = (metric: MetricName): string => metricDescriptor(metric).prometheusName;
const EXECUTIONS = nameOf("primitive.execution.count");
const COMPLIANCE = nameOf("slo.compliance");
const REMAINING = nameOf("slo.error_budget.remaining");

/**
 * Reads what a running program says of itself on its metrics page: executions and errors since it began, and its SLOs.
 *
 * @param source URL of the page, or path of a file that holds one.
 * @throws UsageError when there is no such page
 */
export async function readPage(
  source: string,
  cwd: string,
): Promise<Pick<Evidence, "use" | "slo">> {
  const page = await textOf(source, cwd);
  if (!/^# TYPE /m.test(page)) throw new UsageError(`--metrics: ${source} is no metrics page`);
  const samples = readSamples(page, new Set([EXECUTIONS, COMPLIANCE, REMAINING]));
  const executions = samples.filter(({ name }) => name === EXECUTIONS);
  return {
    use: (component) => {
      const use = useOf(component, executions);
      return () => use;
    },
    slo: sloReader(valuesOf(COMPLIANCE, samples), valuesOf(REMAINING, samples)),
  };
}

async function textOf(source: string, cwd: string): Promise<string> {
  if (!/^https?:\/\//i.test(source)) {
    try {
      return await readFile(resolve(cwd, source), "utf8");
    } catch (cause) {
      throw new UsageError(
        `--metrics: ${source}: ${(cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file, and no http:// or https:// URL" : (cause as Error).message}`,
        { cause },
      );
    }
  }
  const answer = await ask(source);
  if (answer.kind === "none")
    throw new UsageError(`--metrics: nobody answers at ${source} (${answer.reason})`);
  if (!answer.response.ok)
    throw new UsageError(`--metrics: ${source} answers with status ${answer.response.status}`);
  return answer.text;
}

function useOf({ parts }: Component, executions: readonly Sample[]): UseReading | NoData {
  const own = executions.filter(({ labels }) =>
    parts.some(
      ({ name, type }) =>
        labels.get("primitive_name") === name && labels.get("primitive_type") === type,
    ),
  );
  // A workflow's series are there as soon as it is built: without any, this is another program.
  if (own.length === 0)
    return { noData: `that page has no ${parts.map(({ name }) => name).join(", ")}` };
  const count = own.reduce<UseCount>(
    (sum, { labels, value }) => countUse(sum, labels.get("status") ?? "", value),
    { executions: 0, errors: 0 },
  );
  return { ...count, note: "since that program began" };
}

function valuesOf(metric: string, samples: readonly Sample[]): readonly SloValue[] {
  return samples
    .filter(({ name }) => name === metric)
    .map(({ labels, value }) => ({
      slo: labels.get("slo") ?? "",
      window: labels.get("window") ?? "",
      value,
    }));
}
