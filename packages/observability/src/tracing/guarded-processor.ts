import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Report } from "../problem.ts";

/**
 * Wraps a span processor so that nothing it does reaches the workflow: whatever it throws or rejects is reported.
 * The SDK calls processors unguarded, in the middle of starting and ending a span.
 */
export function guardProcessor(processor: SpanProcessor, report: Report): SpanProcessor {
  const name = processor.constructor?.name;
  const failed = (method: string, error: unknown): void => {
    report({
      code: "span_processor",
      message: `the span processor ${name} failed in ${method}: ${String(error)}`,
      subject: `${name} ${method}`,
    });
  };
  /** Nobody else takes the rejection of a method that is async where none is expected. */
  const take = (method: string, result: unknown): void => {
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        failed(method, error);
      });
    }
  };
  const settle = async (method: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      failed(method, error);
    }
  };

  // Called for every span: no closures here.
  return {
    onStart(span, parentContext) {
      try {
        take("onStart", processor.onStart(span, parentContext));
      } catch (error) {
        failed("onStart", error);
      }
    },
    onEnding(span) {
      try {
        take("onEnding", processor.onEnding?.(span));
      } catch (error) {
        failed("onEnding", error);
      }
    },
    onEnd(span) {
      try {
        take("onEnd", processor.onEnd(span));
      } catch (error) {
        failed("onEnd", error);
      }
    },
    forceFlush: () => settle("forceFlush", () => processor.forceFlush()),
    shutdown: () => settle("shutdown", () => processor.shutdown()),
  };
}
