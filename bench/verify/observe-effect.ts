import { Option, type Tracer } from "effect";
import { createEffect } from "../opponents/effect.ts";
import type { ContextSize } from "../scenario.ts";
import type { Observed } from "./observe.ts";
import type { SpanRecord } from "./span-record.ts";

/** Looks at the spans that Effect's tracer collects. */
export function observeEffect(size: ContextSize): Observed {
  const { run, tracer } = createEffect({ size, stackTraces: true });
  return {
    run,
    describesFailures: false,
    async observe(work) {
      tracer.keep();
      await work();
      return tracer.take().map(recordOfEffect);
    },
  };
}

function recordOfEffect(span: Tracer.NativeSpan): SpanRecord {
  const { status } = span;
  return {
    name: span.name,
    id: span.spanId,
    parentId: Option.getOrUndefined(span.parent)?.spanId,
    failed: status._tag === "Ended" && status.exit._tag === "Failure",
    exceptions: undefined,
    attributes: Object.fromEntries(span.attributes),
  };
}
