// A service that answers requests, itself or by asking the one at NEXT.
import { initializeObservability, traceRequests } from "@tta-dev/observability";
import type { ObservabilityOptions } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const { NAME = "", NEXT, OPTIONS = "{}" } = process.env;
initializeObservability({
  ...(JSON.parse(OPTIONS) as ObservabilityOptions),
  serviceName: NAME,
  prometheus: { port: 0 },
  logLevel: "silent",
});
const answer = workflow(NAME, async () =>
  NEXT === undefined ? `answered by ${NAME}` : (await fetch(NEXT)).text(),
);
const server = createServer(
  traceRequests(async (_request, response) => {
    response.end(await answer.execute(undefined));
  }),
);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
