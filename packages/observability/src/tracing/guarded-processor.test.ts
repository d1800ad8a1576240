import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { createProblemLog } from "../problem.ts";
import { guardProcessor } from "./guarded-processor.ts";

class BrokenProcessor implements SpanProcessor {
  readonly #fail: () => never;

  constructor(fail: () => never) {
    this.#fail = fail;
  }

  onStart(): void {
    this.#fail();
  }

  onEnding(): void {
    this.#fail();
  }

  onEnd(): void {
    this.#fail();
  }

  forceFlush(): Promise<void> {
    this.#fail();
  }

  shutdown(): Promise<void> {
    this.#fail();
  }
}

describe("a guarded span processor", () => {
  test("changes nothing when it throws in every method, and reports each", async () => {
    const { problems, report } = createProblemLog();
    const broken = new BrokenProcessor(() => {
      throw new Error("boom");
    });
    const seen: string[] = [];
    const next: SpanProcessor = {
      onStart: () => undefined,
      onEnd: (span) => void seen.push(span.name),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const provider = new TracerProvider({
      spanProcessors: [guardProcessor(broken, report), guardProcessor(next, report)],
    });
    for (const name of ["one", "two"]) provider.getTracer("test").startSpan(name).end();
    await provider.forceFlush();
    await provider.shutdown();
    expect(seen).toEqual(["one", "two"]);
    expect(problems.map(({ code, message, count }) => [code, message, count])).toEqual(
      ["onStart", "onEnding", "onEnd", "forceFlush", "shutdown"].map((method) => [
        "span_processor",
        `the span processor BrokenProcessor failed in ${method}: Error: boom`,
        method.startsWith("on") ? 2 : 1,
      ]),
    );
  });

  test("reports what an async method rejects with, where no promise is expected", async () => {
    const { problems, report } = createProblemLog();
    const guarded = guardProcessor(
      {
        onStart: () => undefined,
        // oxlint-disable-next-line typescript/no-misused-promises -- the very mistake that is tested
        onEnd: () => Promise.reject(new Error("too late")),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
      report,
    );
    new TracerProvider({ spanProcessors: [guarded] }).getTracer("test").startSpan("one").end();
    await guarded.forceFlush();
    expect(problems).toMatchObject([
      { code: "span_processor", message: expect.stringContaining("too late") },
    ]);
  });

  test("hands spans on with their context", () => {
    const starts: unknown[][] = [];
    const guarded = guardProcessor(
      {
        onStart: (...given) => void starts.push(given),
        onEnd: () => undefined,
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
      () => undefined,
    );
    const span = new TracerProvider({ spanProcessors: [guarded] })
      .getTracer("test")
      .startSpan("one");
    expect(starts).toEqual([[span, expect.objectContaining({ getValue: expect.any(Function) })]]);
  });
});
