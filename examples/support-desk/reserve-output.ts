type Write = NodeJS.WriteStream["write"];

/** The part of `process.stdout` that is needed. */
interface Output {
  write: Write;
}

/**
 * Keeps standard output for the results. Whatever else is written to it from now on (log lines, which go there unless
 * told otherwise, or a `console.log`) is handed over.
 *
 * @param divert gets what others write
 * @param output standard output
 * @default output process.stdout
 * @returns what writes the results
 */
export function reserveOutput(
  divert: (text: string) => void,
  output: Output = process.stdout,
): (text: string) => void {
  const write = output.write.bind(output);
  output.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    divert(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
    const written = rest.at(-1);
    if (typeof written === "function") process.nextTick(written);
    return true;
  };
  return (text) => {
    write(text);
  };
}
