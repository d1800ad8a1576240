import { expect, test } from "vitest";
import { reserveOutput } from "./reserve-output.ts";

function fakeOutput() {
  const written: string[] = [];
  const output = {
    write(text: string | Uint8Array): boolean {
      written.push(String(text));
      return true;
    },
  };
  return { output, written };
}

test("results are written, and what others write is handed over", () => {
  const { output, written } = fakeOutput();
  const diverted: string[] = [];
  const writeResult = reserveOutput((text) => diverted.push(text), output);
  output.write("a log line\n");
  output.write(Buffer.from("bytes\n"));
  writeResult("the summary\n");
  expect({ written, diverted }).toEqual({
    written: ["the summary\n"],
    diverted: ["a log line\n", "bytes\n"],
  });
});

test("whoever waits for the end of writing is called", async () => {
  const { output } = fakeOutput();
  const { promise, resolve } = Promise.withResolvers<void>();
  reserveOutput(() => undefined, output);
  (output.write as (text: string, encoding: string, done: () => void) => boolean)(
    "x",
    "utf8",
    resolve,
  );
  await expect(promise).resolves.toBeUndefined();
});
