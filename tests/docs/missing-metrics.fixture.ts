import { getMeter } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import { get } from "node:http";
import { vi } from "vitest";
import type { Causes, Stage } from "./stage.fixture.ts";
import { doctor, look } from "./symptoms.fixture.ts";

/** Each cause of "Metrics do not appear". */
export function missingMetrics({ serve, sink, deserted }: Stage): Causes {
  return {
    "the port is taken": async () => {
      const url = await serve(200, "something else");
      const seen = await look({ prometheus: { port: Number(new URL(url).port) } });
      return [...seen, ...(await doctor("--metrics", `${url}/metrics`))];
    },
    "the page is turned off": () => look({ prometheus: { enabled: false } }),
    "the program has ended": async () => doctor("--metrics", await deserted()),
    "it is asked for by another name": () => {
      const seen: string[] = [];
      return look({}, async ({ metricsUrl = "" }) => {
        const answer = await new Promise<string>((resolve) => {
          get(metricsUrl, { headers: { host: "desk.example" } }, (response) => {
            response.setEncoding("utf8");
            response.on("data", (text: string) => void seen.push(text));
            response.on("end", () => {
              resolve(`${response.statusCode} ${seen.join("")}`);
            });
          });
        });
        seen.splice(0, Infinity, answer.trim());
      }).then((rest) => [...seen, ...rest]);
    },
    "it listens on this machine alone": () => look({}),
    "nothing was counted yet": async () => {
      const before = await look({}, () => undefined);
      const after = await look({}, () => workflow("new-one", () => 1));
      return after.some(isOf("new-one")) && !before.some(isOf("new-one"))
        ? ["no series has the workflow's name"]
        : [];
    },
    "an instrument was made too early": async () => {
      const early = getMeter("shop").createCounter("too.early");
      const seen = await look({}, () => {
        early.add(1);
        getMeter("shop").createCounter("in.time").add(1);
      });
      return seen.some(isOf("in_time_total")) && !seen.some(isOf("too_early"))
        ? ["one that was made later is there"]
        : [];
    },
    "an instrument has a name of ours": () =>
      look({}, () => {
        getMeter("shop").createCounter("retry.outcomes").add(1);
      }),
    "they are not pushed yet": async () => look({ otlpEndpoint: await sink("ok") }),
    "pushing is turned off": () => {
      vi.stubEnv("OTEL_METRICS_EXPORTER", "none");
      return look({ otlpEndpoint: "http://127.0.0.1:1" });
    },
  };
}

function isOf(text: string): (line: string) => boolean {
  return (line) => line.startsWith("on the page:") && line.includes(text);
}
