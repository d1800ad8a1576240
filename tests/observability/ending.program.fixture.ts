// Runs workflows and logs, then ends as ENDING says, right away. Observed with OPTIONS.
import type { ObservabilityOptions } from "@tta-dev/observability";
import { getLogger, initializeObservability } from "@tta-dev/observability";
import { sequential, workflow } from "@tta-dev/primitives";

const { ENDING = "", OPTIONS = "{}", RUNS = "1" } = process.env;
const observability = initializeObservability(JSON.parse(OPTIONS) as ObservabilityOptions);
const greet = workflow(
  "greet",
  sequential(
    (name: string) => `Hello ${name}`,
    (greeting) => {
      getLogger("desk").warn("greeted", { greeting });
      return greeting;
    },
  ),
);
/** Under way when the process ends: its spans have not ended, and are nobody's loss. */
const endless = workflow(
  "endless",
  sequential(greet, () => new Promise(() => undefined)),
);

for (let run = 0; run < Number(RUNS); run++) await greet.execute("you");

switch (ENDING) {
  case "return":
    break;
  case "throw":
    throw new TypeError("on purpose");
  case "reject":
    void Promise.reject(new TypeError("on purpose"));
    break;
  case "exit":
    process.exit(3);
  // oxlint-disable-next-line no-fallthrough -- process.exit does not return
  case "in the middle":
    void endless.execute("you");
    setImmediate(() => process.exit(3));
    break;
  case "shutdown":
    await observability.shutdown();
    break;
  default:
    setInterval(() => undefined, 1000);
    process.stdout.write("ready\n");
}
