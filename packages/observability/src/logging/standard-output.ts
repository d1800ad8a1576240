import { writeSync } from "node:fs";
import type { DestinationOptions, LogDestination } from "./destination.ts";
import { createDestination } from "./destination.ts";

const LATER = new Set(["EAGAIN", "EBUSY", "EINTR"]);

/**
 * Makes the destination that lines have by default: standard output, or standard error. What waits is written when the process ends, on
 * return from main, by `process.exit()` or by an uncaught error; a reader that is gone (EPIPE) disturbs nobody.
 */
export function standardOutput(
  lost: DestinationOptions["lost"],
  stream: NodeJS.WriteStream & { readonly fd?: number } = process.stdout,
): LogDestination {
  // Node makes a pipe non-blocking when it opens the stream, and lines go past the stream: it would buffer without limit.
  const descriptor = stream.fd ?? 1;
  const destination = createDestination({
    writeNow(bytes, offset) {
      if (isReplaced(stream)) {
        stream.write(bytes.subarray(offset).toString());
        return bytes.length - offset;
      }
      try {
        return writeSync(descriptor, bytes, offset);
      } catch (error) {
        if (error instanceof Error && "code" in error && LATER.has(String(error.code))) return 0;
        throw error;
      }
    },
    isOccupied: () => stream.writableLength > 0 && !isReplaced(stream),
    lost,
    pause(ms) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    },
  });
  process.on("exit", destination.flushNow);
  return destination;
}

/** A test runner or another library that catches output gets the lines, too. */
function isReplaced(stream: NodeJS.WriteStream): boolean {
  return Object.hasOwn(stream, "write");
}
