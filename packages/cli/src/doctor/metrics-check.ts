import { ask } from "./ask.ts";
import type { Finding } from "./finding.ts";

/** Whether the metrics page is there, and ours. */
export async function checkMetrics(url: string, isAskedFor: boolean): Promise<Finding> {
  const check = "/metrics";
  const answer = await ask(url);
  if (answer.kind === "none")
    return {
      check,
      state: isAskedFor ? "failure" : "skipped",
      message: `nobody answers at ${url} (${answer.reason})`,
      advice: "it is served while your program runs: start it, then ask again",
    };
  const { response, text } = answer;
  if (!response.ok || !/^# TYPE /m.test(text))
    return {
      check,
      state: "failure",
      message: `at ${url} something else answers (status ${response.status})`,
      advice: "another program has the port: give the option prometheus.port or PROMETHEUS_PORT",
    };
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  if (/^primitive_execution_count_total/m.test(text))
    return { check, state: "ok", message: `${url} has ${series} series` };
  return {
    check,
    state: "warning",
    message: `${url} has ${series} series, and none of a workflow`,
    advice: "no workflow was built in that program yet, or another program serves this page",
  };
}
