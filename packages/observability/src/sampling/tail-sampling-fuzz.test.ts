import type { Span } from "@opentelemetry/api";
import { SpanStatusCode } from "@opentelemetry/api";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TailTest } from "./sampling.fixture.ts";
import { remote, tailTest, traceIdWith } from "./sampling.fixture.ts";

/** What happens, one after the other; numbers choose among what is there. */
type Event =
  | { readonly kind: "begin"; readonly randomness: bigint }
  | { readonly kind: "child"; readonly of: number }
  | { readonly kind: "end"; readonly which: number; readonly mark: "none" | "error" | "keep" }
  | { readonly kind: "wait"; readonly ms: number };

const event = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("begin" as const),
      randomness: fc.bigInt(0n, 2n ** 56n - 1n),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("child" as const), of: fc.nat() }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      which: fc.nat(),
      mark: fc.oneof(
        { weight: 12, arbitrary: fc.constant("none" as const) },
        { weight: 1, arbitrary: fc.constant("error" as const) },
        { weight: 1, arbitrary: fc.constant("keep" as const) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(4000) }) },
);
const events = fc.array(event, { maxLength: 300, size: "max" });

interface Ended {
  readonly traceId: string;
  readonly spanId: string;
  readonly isRoot: boolean;
  readonly mark: "none" | "error" | "keep";
}

/** Plays the events; returns what has ended, in that order. Spans may begin below any other, ended or not. */
function play(tail: TailTest, list: readonly Event[], check: (ended: number) => void): Ended[] {
  const spans: Span[] = [];
  const open: Span[] = [];
  const roots = new Set<string>();
  const ended: Ended[] = [];
  for (const one of list) {
    if (one.kind === "wait") tail.clock.advance(one.ms);
    else if (one.kind === "begin") {
      const randomness = one.randomness.toString(16).padStart(14, "0");
      // Every trace has one local root here.
      const id = traceIdWith(randomness).replace(/^.{8}/, String(spans.length).padStart(8, "0"));
      const root = tail.start("root", { under: remote(id, { tracestate: "ot=th:0" }) });
      roots.add(root.spanContext().spanId);
      spans.push(root);
      open.push(root);
    } else if (one.kind === "child" && spans.length > 0) {
      const child = tail.start("child", { under: spans[one.of % spans.length] });
      spans.push(child);
      open.push(child);
    } else if (one.kind === "end" && open.length > 0) {
      const [span] = open.splice(one.which % open.length, 1);
      if (one.mark === "error") span!.setStatus({ code: SpanStatusCode.ERROR });
      if (one.mark === "keep") span!.setAttribute("sampling.keep", true);
      span!.end();
      const { traceId, spanId } = span!.spanContext();
      ended.push({ traceId, spanId, isRoot: roots.has(spanId), mark: one.mark });
    }
    check(ended.length);
  }
  return ended;
}

function droppedBy({ counts }: TailTest): number {
  const { span_sampled_out: sampledOut = 0, span_late: late = 0 } = counts();
  return sampledOut + late;
}

describe("whatever order spans end in", () => {
  test("each is exported once or counted, traces are whole, and memory is bounded", async () => {
    const limits = fc.record({
      ratio: fc.constantFrom(0, 0.5, 1),
      maxSpans: fc.integer({ min: 1, max: 20 }),
      maxTraces: fc.integer({ min: 1, max: 5 }),
      maxSpansPerTrace: fc.integer({ min: 1, max: 10 }),
      timeoutMs: fc.integer({ min: 1, max: 10_000 }),
    });
    await fc.assert(
      fc.asyncProperty(events, limits, async (list, options) => {
        const tail = tailTest(options);
        const ended = play(tail, list, (count) => {
          expect(count - tail.sink.spans.length - droppedBy(tail)).toBeLessThanOrEqual(
            options.maxSpans,
          );
        });
        await tail.tail.shutdown();

        const exported = tail.sink.spans.map((span) => span.spanContext().spanId);
        expect(new Set(exported).size).toBe(exported.length);
        expect(exported.length + droppedBy(tail)).toBe(ended.length);
        const all = Map.groupBy(ended, ({ traceId }) => traceId);
        const kept = Map.groupBy(tail.sink.spans, (span) => span.spanContext().traceId);
        for (const [traceId, spans] of kept) {
          expect(spans).toHaveLength(all.get(traceId)?.length ?? 0);
          expect(
            new Set(spans.map(({ attributes }) => attributes["sampling.adjusted_count"])).size,
          ).toBe(1);
        }
        expect(tail.clock.timers()).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("what is kept is what the policies say", () => {
    fc.assert(
      fc.property(events, (list) => {
        const tail = tailTest({ ratio: 0.5, timeoutMs: 2_000_000_000 });
        const ended = play(tail, list, () => undefined);
        const exported = new Set(tail.sink.spans.map((span) => span.spanContext().traceId));
        for (const [traceId, spans] of Map.groupBy(ended, (span) => span.traceId)) {
          const rootAt = spans.findIndex(({ isRoot }) => isRoot);
          const inTime = rootAt < 0 ? spans : spans.slice(0, rootAt + 1);
          const byPolicy = inTime.some(
            ({ mark, isRoot }) => mark === "keep" || (mark === "error" && isRoot),
          );
          const byChance = rootAt >= 0 && traceId.slice(-14) >= "80000000000000";
          expect(exported.has(traceId)).toBe(byPolicy || byChance);
        }
      }),
      { numRuns: 300 },
    );
  });
});
