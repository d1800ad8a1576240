import { once } from "node:events";
import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { workflow } from "../composition/workflow.ts";
import { currentContext } from "../create-context.ts";
import { step } from "../define.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import type { ExecutionStatus } from "./status.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

/** Executions of the step `open` that have ended with this status. */
function ended(status: ExecutionStatus): number {
  const metric = registry
    .snapshot()
    .metrics.find(({ name }) => name === "primitive.execution.count");
  return (metric?.series ?? [])
    .filter(({ labelValues }) => labelValues[0] === "open" && labelValues[4] === status)
    .reduce((sum, series) => sum + (series as { readonly value: number }).value, 0);
}

const open = <T>(make: () => T): Promise<T> => workflow("w", step("open", make)).execute(0);

describe("a web stream", () => {
  it("that is piped ends when the pipe does", async () => {
    const written: string[] = [];
    const stream = await open(() => ReadableStream.from(["a", "b"]));
    await stream.pipeTo(new WritableStream<string>({ write: (chunk) => void written.push(chunk) }));
    expect(written).toEqual(["a", "b"]);
    expect(ended("success")).toBe(1);
  });

  it("that is piped to somebody who fails ends as failed", async () => {
    const stream = await open(() => ReadableStream.from(["a", "b"]));
    const full = new WritableStream<string>({ write: () => Promise.reject(new Error("full")) });
    await expect(stream.pipeTo(full)).rejects.toThrow("full");
    expect(ended("error")).toBe(1);
  });

  it("that is piped through something can be read at the other end", async () => {
    const stream = await open(() => ReadableStream.from(["a", "b"]));
    const upper = new TransformStream<string, string>({
      transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()),
    });
    const read: string[] = [];
    for await (const chunk of stream.pipeThrough(upper)) read.push(chunk);
    await turn();
    expect(read).toEqual(["A", "B"]);
    expect(ended("success")).toBe(1);
  });

  it("that fails within a pipe fails at the other end, and nowhere else", async () => {
    const stream = await open(
      () =>
        new ReadableStream<string>({ pull: (controller) => controller.error(new Error("lost")) }),
    );
    const reader = stream.pipeThrough(new TransformStream<string, string>()).getReader();
    await expect(reader.read()).rejects.toThrow("lost");
    await turn();
    expect(ended("error")).toBe(1);
  });

  it("may be the body of a response", async () => {
    const bytes = new TextEncoder().encode("hello");
    const body = await open(() => ReadableStream.from([bytes]));
    expect(await new Response(body).text()).toBe("hello");
    expect(ended("success")).toBe(1);
  });

  it("is read in the context of its step", async () => {
    const seen: unknown[] = [];
    const stream = await open(
      () =>
        new ReadableStream<number>(
          {
            pull(controller) {
              seen.push(currentContext()?.path);
              controller.close();
            },
          },
          { highWaterMark: 0 },
        ),
    );
    await stream.getReader().read();
    expect(seen).toEqual(["w/open"]);
  });

  it("of bytes may be read into a buffer of one's own", async () => {
    const stream = await open(
      () =>
        new ReadableStream({
          type: "bytes",
          start(controller) {
            controller.enqueue(new Uint8Array([1, 2, 3]));
            controller.close();
          },
        }),
    );
    const reader = stream.getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(3));
    expect([...value!]).toEqual([1, 2, 3]);
    await reader.read(new Uint8Array(1));
    await turn();
    expect(ended("success")).toBe(1);
  });
});

describe("a stream of Node", () => {
  it("that is listened to ends when it is closed", async () => {
    const stream = await open(() => Readable.from(["a", "b"]));
    const chunks: unknown[] = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    await once(stream, "close");
    expect(chunks).toEqual(["a", "b"]);
    expect(ended("success")).toBe(1);
  });

  it("that is iterated ends once", async () => {
    const stream = await open(() => Readable.from(["a", "b"]));
    for await (const chunk of stream) if (chunk === "a") break;
    await turn();
    expect([ended("success"), ended("error")]).toEqual([1, 0]);
    expect(stream.destroyed).toBe(true);
  });

  it("that fails ends as failed", async () => {
    const stream = await open(() => Readable.from(["a"]));
    stream.on("error", () => undefined).destroy(new Error("lost"));
    await turn();
    expect(ended("error")).toBe(1);
  });
});
