import type { LoggerOptions } from "pino";
import { currentCorrelation } from "./correlation.ts";
import type { RedactOptions } from "./redaction/redact-options.ts";
import { createRedactor } from "./redaction/redactor.ts";

/**
 * Returns `trace_id`, `span_id`, `correlation_id`, `workflow_name` and `agent_type` of the place it is called in, as far
 * as there are any: the `mixin` for an application's own pino, and of use for any other logger.
 *
 * @example
 * ```ts
 * import { logMixin } from "@tta-dev/observability";
 * import { pino } from "pino";
 *
 * const logger = pino({ mixin: logMixin });
 * logger.info({ orderId: 17 }, "order taken");
 * ```
 */
export function logMixin(): Record<string, string> {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(currentCorrelation()))
    if (typeof value === "string" && value !== "") present[name] = value;
  return present;
}

/** The parts of pino's options that are given. */
export type PinoOptions = Required<Pick<LoggerOptions, "hooks" | "mixin">>;

/**
 * Returns options for an application's own pino (9.6 or later; earlier ones do not redact): lines with the trace and
 * the run they are written in, and without secrets and content. A line is redacted when pino has written it, so the
 * application's serializers, bindings and messages are covered, too; that costs parsing it.
 *
 * @throws TypeError for a wrong option of the redaction, by name
 * @example
 * ```ts
 * import { pinoOptions } from "@tta-dev/observability";
 * import { pino } from "pino";
 *
 * const logger = pino({ name: "shop", ...pinoOptions({ paths: ["user.name"] }) });
 * logger.warn({ user: { name: "Ada" }, password: "hunter2" }, "login failed");
 * ```
 */
export function pinoOptions(redact: RedactOptions = {}): PinoOptions {
  const { value, text } = createRedactor(redact);
  return {
    mixin: logMixin,
    hooks: {
      streamWrite(line) {
        const end = /\r?\n$/.exec(line)?.[0] ?? "";
        try {
          return JSON.stringify(value(JSON.parse(line))) + end;
        } catch {
          // Whatever it is, no secret is to leave in it.
          return text(line.trimEnd()) + end;
        }
      },
    },
  };
}
