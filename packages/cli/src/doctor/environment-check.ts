import type { Finding } from "./finding.ts";

/** Says what the environment has wrong, as an application that reads it would. Starts nothing. */
export async function checkEnvironment(): Promise<readonly Finding[]> {
  const { initializeObservability } = await import("@tta-dev/observability");
  const { problems, shutdown } = initializeObservability({ disabled: true });
  await shutdown();
  if (problems.length === 0)
    return [{ check: "environment", state: "ok", message: "is understood" }];
  return problems.map(({ message }) => {
    const [said = message, ...advice] = message.split("; ");
    return {
      check: "environment",
      state: "warning",
      message: said,
      ...(advice.length > 0 && { advice: advice.join("; ") }),
    };
  });
}
