import { Console } from "node:console";
import { styleText } from "node:util";
import type { ConsoleOutput } from "./console-processor.ts";

/**
 * Prints to a stream: coloured where it is a terminal and NO_COLOR is not set, and never failing, also where nobody
 * reads the stream any more. Standard error is the stream to give, so that piped output is not spoiled.
 */
export function createTerminal(stream: NodeJS.WritableStream): ConsoleOutput {
  // Unlike a bare write, Node's Console keeps errors of the stream (EPIPE) from ending the process.
  const terminal = new Console({ stdout: stream, stderr: stream, ignoreErrors: true });
  return {
    print: (text) => {
      terminal.error(text);
    },
    paint: (style, text) => styleText(style, text, { stream }),
  };
}
