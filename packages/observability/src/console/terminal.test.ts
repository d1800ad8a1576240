import { PassThrough, Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createTerminal } from "./terminal.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the terminal", () => {
  test("writes plain text where the stream is no terminal", () => {
    const stream = new PassThrough();
    const { print, paint } = createTerminal(stream);
    print(paint("red", "text"));
    expect(String(stream.read())).toBe("text\n");
  });

  test("colours at a terminal, unless NO_COLOR is set", () => {
    // What Node asks a terminal for its colours answers for other machines as well: none in a CI job, for one.
    vi.stubEnv("CI", undefined);
    vi.stubEnv("NODE_DISABLE_COLORS", undefined);
    vi.stubEnv("NO_COLOR", undefined);
    vi.stubEnv("FORCE_COLOR", undefined);
    vi.stubEnv("TERM", "xterm-256color");
    const { getColorDepth } = WriteStream.prototype;
    const stream = Object.assign(new PassThrough(), { isTTY: true, getColorDepth });
    const { paint } = createTerminal(stream);
    expect(paint("red", "text")).toBe("\u001B[31mtext\u001B[39m");
    vi.stubEnv("NO_COLOR", "1");
    expect(paint("red", "text")).toBe("text");
  });

  test("survives a reader that has gone", async () => {
    const gone = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      },
    });
    createTerminal(gone).print("text");
    await new Promise(setImmediate);
    expect(gone.errored?.message).toBe("write EPIPE");
  });
});
