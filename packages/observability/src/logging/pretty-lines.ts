import { createRequire } from "node:module";
import type { prettyFactory } from "pino-pretty";
import type { LogDestination } from "./destination.ts";

/** Control characters that JSON writes as they are. Foreign text must not drive the terminal. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const RAW_CONTROL = /[\u007F-\u009F]/g;
/** Those that JSON escapes, line breaks and tabs excepted; in names they stay escaped. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u0008\u000B-\u001F]/g;

/** Rewrites each line for a person to read. */
export function prettyLines(
  destination: Pick<LogDestination, "write">,
  { colors }: { readonly colors: boolean },
): Pick<LogDestination, "write"> {
  // Loaded here, because it takes a while and production has no use for it.
  const load = createRequire(import.meta.url);
  const { prettyFactory: factory } = load("pino-pretty") as {
    readonly prettyFactory: typeof prettyFactory;
  };
  const pretty = factory({
    colorize: colors,
    colorizeObjects: colors,
    messageKey: "event",
    timestampKey: "timestamp",
    translateTime: "SYS:HH:MM:ss.l",
    errorLikeObjectKeys: ["error"],
    messageFormat: "{logger}: {event}",
    ignore: "logger",
    singleLine: true,
  });
  return {
    write(line) {
      const plain: unknown = JSON.parse(
        line.replaceAll(RAW_CONTROL, "\uFFFD"),
        (_key, value: unknown) =>
          typeof value === "string" ? value.replaceAll(CONTROL, "\uFFFD") : value,
      );
      destination.write(pretty(plain));
    },
  };
}
