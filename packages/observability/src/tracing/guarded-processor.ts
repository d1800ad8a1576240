import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Report } from "../problem.ts";

/**
 * Wraps a span processor so that nothing it does reaches the workflow: whatever it throws or rejects is reported.
 * The SDK calls processors unguarded, in the middle of starting and ending a span.
 */
export function guardProcessor(processor: SpanProcessor, report: Report): SpanProcessor {
  const name = processor.constructor.name;
  const failed = (method: string, error: unknown): void => {
    report({
      code: "span_processor",
      message: `the span processor ${name} failed in ${method}: ${String(error)}`,
      subject: `${name} ${method}`,
    });
  };
  const guard = (method: string, run: () => unknown): void => {
    try {
      const result = run();
      // An async method where none is expected: nobody else would take its rejection.
      if (result instanceof Promise)
        result.catch((error: unknown) => {
          failed(method, error);
        });
    } catch (error) {
      failed(method, error);
    }
  };
  const settle = async (method: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      failed(method, error);
    }
  };

  return {
    onStart(span, parentContext) {
      guard("onStart", () => processor.onStart(span, parentContext));
    },
    onEnding(span) {
      guard("onEnding", () => processor.onEnding?.(span));
    },
    onEnd(span) {
      guard("onEnd", () => processor.onEnd(span));
    },
    forceFlush: () => settle("forceFlush", () => processor.forceFlush()),
    shutdown: () => settle("shutdown", () => processor.shutdown()),
  };
}
