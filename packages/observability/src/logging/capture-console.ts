import { formatWithOptions, inspect } from "node:util";
import type { Logger } from "./logger.ts";
import { getLogger } from "./logger.ts";
import type { LineLevel } from "./levels.ts";
import { isError } from "./redaction/plain-error.ts";

/** The functions of a console that become log lines, and their level. */
const LEVELS = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
} as const satisfies Readonly<Record<string, LineLevel>>;

type Method = keyof typeof LEVELS;

/** The part of a console that is captured. */
export type CapturedConsole = Pick<Console, Method>;

/**
 * Turns what is printed with `console.log`, `info`, `warn`, `error` and `debug` into log lines, with trace and run and
 * without secrets, until the function it returns is called. What is printed becomes the event; an error among it is
 * also the field `error`.
 *
 * @param target The console to capture. @default the global one
 * @returns a function that puts the console's own functions back
 * @throws TypeError when the target is no console
 * @example
 * ```ts
 * import { captureConsole } from "@tta-dev/observability";
 *
 * const release = captureConsole();
 * console.warn("stock is low: %d", 3); // {"timestamp":"…","level":"warn","event":"stock is low: 3","logger":"console"}
 * release();
 * ```
 */
// oxlint-disable-next-line no-console -- the console is what this is about
export function captureConsole(target: CapturedConsole = console): () => void {
  const methods = Object.keys(LEVELS) as Method[];
  const given = target as Partial<CapturedConsole> | null;
  if (methods.some((method) => typeof given?.[method] !== "function"))
    throw new TypeError(
      `captureConsole: target is ${inspect(target, { depth: 0 })}; expected a console`,
    );
  const logger = getLogger("console");
  const releases = methods.map((method) => captured(target, method, logger));
  return () => {
    for (const release of releases) release();
  };
}

function captured(target: CapturedConsole, method: Method, logger: Logger): () => void {
  const before = Object.getOwnPropertyDescriptor(target, method);
  const write = (...printed: readonly unknown[]): void => {
    const error = printed.find(isError);
    logger[LEVELS[method]](worded(printed), error === undefined ? undefined : { error });
  };
  target[method] = write;
  return () => {
    // Somebody who captured it later keeps it.
    if (target[method] !== write) return;
    if (before === undefined) Reflect.deleteProperty(target, method);
    else Object.defineProperty(target, method, before);
  };
}

/** As Node's console does, and with errors told by their message: their stack is in the field. */
function worded(printed: readonly unknown[]): string {
  try {
    const told = printed.map((each) => (isError(each) ? `${each.name}: ${each.message}` : each));
    return formatWithOptions({ colors: false, depth: 4, breakLength: Infinity }, ...told);
  } catch {
    return "[unreadable]";
  }
}
