import { onLogEvent, retry, workflow, type LogEvent } from "@tta-dev/primitives";
import { expect, it } from "vitest";

it("tells what happens until it is ended", async () => {
  const events: LogEvent[] = [];
  const stop = onLogEvent((event) => events.push(event));
  const failing = retry(
    async () => {
      throw new Error("no");
    },
    { attempts: 2, backoff: { kind: "constant", delayMs: 0 } },
  );
  const run = workflow("noisy", failing);
  await expect(run.execute(0, { correlationId: "request-1" })).rejects.toThrow("no");
  stop();
  await expect(run.execute(0)).rejects.toThrow("no");
  expect(events.map(({ event, correlationId }) => [event, correlationId])).toEqual([
    ["attempt.retried", "request-1"],
    ["run.failed", "request-1"],
  ]);
});

it("refuses what is no function", () => {
  expect(() => onLogEvent("loud" as never)).toThrow(
    'onLogEvent(listener): expected a function, got "loud"',
  );
});
