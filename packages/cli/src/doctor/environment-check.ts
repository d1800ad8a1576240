import type { Finding } from "./finding.ts";

/** Says what the environment has wrong, as an application that reads it would. Starts nothing. */
export async function checkEnvironment(): Promise<readonly Finding[]> {
  const { initializeObservability } = await import("@tta-dev/observability");
  const { problems, shutdown } = initializeObservability({
    disabled: true,
    consoleExporter: false,
  });
  await shutdown();
  const check = "environment";
  if (problems.length === 0) return [{ check, state: "ok", message: "is understood" }];
  return problems.map(({ code, message }) => {
    // A program may well say it in its own code, which nobody sees from here.
    if (code === "service_name_missing")
      return {
        check,
        state: "skipped",
        message:
          "does not name the service: a program has the name that its option serviceName gives",
        advice: "set OTEL_SERVICE_NAME where it gives none",
      };
    const [said = message, ...advice] = message.split("; ");
    return {
      check,
      state: "warning",
      message: said,
      ...(advice.length > 0 && { advice: advice.join("; ") }),
    };
  });
}
