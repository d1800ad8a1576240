import { getLogger, type ObservabilityOptions } from "@tta-dev/observability";
import { step, workflow } from "@tta-dev/primitives";
import { vi } from "vitest";
import type { Causes, Stage } from "./stage.fixture.ts";
import type { Sight } from "./symptoms.fixture.ts";
import { linesOf, look } from "./symptoms.fixture.ts";

const logger = getLogger("desk");
const say = workflow(
  "say",
  step("say", () => {
    logger.info("said");
  }),
);

/** Each cause of "Correlation ids are missing". */
export function missingIds({ later }: Stage): Causes {
  return {
    "it is turned off": () => {
      vi.stubEnv("TTA_LOG_CORRELATION", "false");
      return lineOf({});
    },
    "the line is written outside of a run": () => lineOf({}, () => logger.info("started")),
    "nobody records spans": () => lineOf({ disabled: true }),
    "the run got no correlation id": () => lineOf({}),
    "work is handed to somebody who was there before": () => lineOfHandedOver(later, (job) => job),
    "another logger writes it": () =>
      lineOf({}, () => void process.stdout.write(`${JSON.stringify({ event: "mine" })}\n`)),
  };
}

/** A log line of a workflow, and the settings. */
export async function lineOf(
  options: ObservabilityOptions,
  work: () => unknown = () => say.execute(undefined),
): Promise<Sight> {
  let seen: Sight = [];
  const lines = await linesOf(async () => {
    seen = await look({ structuredLogging: true, ...options }, work);
  });
  const fields = lines.flatMap((line) => {
    const there = Object.keys(JSON.parse(line) as object);
    const names = ["trace_id", "span_id", "correlation_id", "workflow_name"];
    return names.map((name) => `${name} is ${there.includes(name) ? "there" : "missing"}`);
  });
  return [...fields, ...seen];
}

/** A log line of work that a workflow hands to a worker, which was started before. */
export function lineOfHandedOver(
  later: Stage["later"],
  pack: (job: () => void) => () => void,
): Promise<Sight> {
  const jobs: (() => void)[] = [];
  const worker = setInterval(() => jobs.shift()?.(), 1);
  later(() => {
    clearInterval(worker);
  });
  const hand = step("hand", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const job = (): void => {
      logger.info("worked");
      resolve();
    };
    jobs.push(pack(job));
    await promise;
  });
  const handed = workflow("handed", hand);
  return lineOf({}, () => handed.execute(undefined));
}
