import { afterEach, describe, expect, test, vi } from "vitest";
import { createProblemLog } from "../problem.ts";
import type { SinkAnswer } from "../testing/otlp-sink.fixture.ts";
import { createResender } from "./resend.ts";
import type { Parcel } from "./shipment.ts";
import { startSink } from "./sink.fixture.ts";
import type { Spool } from "./spool.ts";

afterEach(() => {
  vi.useRealTimers();
});

const PARCEL: Parcel = { signal: "traces", encoding: "protobuf", items: 2, body: Buffer.alloc(0) };

function spoolOf(count: number): Spool & { readonly left: Parcel[] } {
  const left = Array.from({ length: count }, () => PARCEL);
  return {
    left,
    put: () => false,
    take() {
      const parcel = left.shift();
      return (
        parcel && {
          parcel,
          remove: () => undefined,
          putBack: () => void left.unshift(parcel),
        }
      );
    },
  };
}

async function lab(count: number, answer: SinkAnswer) {
  const sink = await startSink();
  sink.behave(() => answer);
  const spool = spoolOf(count);
  const { problems, report } = createProblemLog();
  const lost: number[] = [];
  const begin = () =>
    createResender({
      spool,
      source: {
        signal: "traces",
        items: { one: "span", many: "spans" },
        destination: { protocol: "http/protobuf", url: `${sink.url}/v1/traces`, headers: {} },
        take: () => [],
        lost: (items) => void lost.push(items),
      },
      timeoutMs: 5000,
      report,
    });
  return { sink, spool, problems, lost, begin };
}

describe("what an earlier process has left", () => {
  test("is sent, one request after the other", async () => {
    const { sink, spool, begin } = await lab(3, "ok");
    await begin().tried();
    expect([sink.requests.length, spool.left]).toEqual([3, []]);
  });

  test("is lost where the collector refuses it, which is counted", async () => {
    const { spool, problems, lost, begin } = await lab(2, 400);
    await begin().tried();
    expect([spool.left, lost]).toEqual([[], [2, 2]]);
    expect(problems).toMatchObject([
      { code: "lost_at_exit", count: 2, message: expect.stringMatching(/^2 spans .* refused/) },
    ]);
  });

  test("waits where the collector takes nothing, and is tried again after a minute", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { sink, spool, begin } = await lab(2, 503);
    const resender = begin();
    await resender.tried();
    expect([sink.requests.length, spool.left.length]).toEqual([1, 2]);
    sink.behave(() => "ok");
    vi.advanceTimersByTime(60_000);
    await resender.tried();
    expect([sink.requests.length, spool.left.length]).toEqual([3, 0]);
  });

  test("is put back where the process ends before the answer", async () => {
    const { sink, spool, begin } = await lab(2, "hang");
    const resender = begin();
    await sink.until(() => sink.requests.length === 1);
    expect(spool.left).toHaveLength(1);
    resender.stop();
    expect(spool.left).toHaveLength(2);
  });
});
