import type { ExportResponse } from "@opentelemetry/otlp-exporter-base";
import { expect, test, vi } from "vitest";
import { createRetryingTransport } from "./retrying-transport.ts";

const BUSY: ExportResponse = { status: "retryable" };
const DONE: ExportResponse = { status: "success" };

/** A transport that answers one after the other, on a clock that moves only while somebody waits. */
function retrying(answers: readonly ExportResponse[], random = 0.5) {
  let nowMs = 0;
  const waits: number[] = [];
  const timeouts: number[] = [];
  const shutdown = vi.fn();
  const transport = createRetryingTransport(
    {
      async send(_data, timeoutMs) {
        timeouts.push(timeoutMs);
        return answers[timeouts.length - 1] ?? BUSY;
      },
      shutdown,
    },
    {
      async wait(milliseconds) {
        waits.push(milliseconds);
        nowMs += milliseconds;
      },
      random: () => random,
      now: () => nowMs,
    },
  );
  return { transport, waits, timeouts, shutdown };
}

const data = new Uint8Array();

test("a success or a final failure is handed on at once", async () => {
  const failure: ExportResponse = { status: "failure", error: new Error("401") };
  expect(await retrying([DONE]).transport.send(data, 10_000)).toBe(DONE);
  const { transport, waits } = retrying([failure]);
  expect(await transport.send(data, 10_000)).toBe(failure);
  expect(waits).toEqual([]);
});

test("what can be tried again is tried again, after longer and longer pauses", async () => {
  const { transport, waits } = retrying([BUSY, BUSY, BUSY, DONE]);
  expect(await transport.send(data, 10_000)).toBe(DONE);
  expect(waits).toEqual([1000, 1500, 2250]);
});

test.each([
  [0, 800],
  [1, 1200],
])("chance %s makes the first pause %s ms", async (random, pauseMs) => {
  const { transport, waits } = retrying([BUSY, DONE], random);
  await transport.send(data, 10_000);
  expect(waits).toEqual([pauseMs]);
});

test("a collector that says how long is obeyed", async () => {
  const { transport, waits } = retrying([{ status: "retryable", retryInMillis: 4000 }, DONE]);
  expect(await transport.send(data, 10_000)).toBe(DONE);
  expect(waits).toEqual([4000]);
});

test("each attempt has what is left of the time", async () => {
  const { transport, timeouts } = retrying([BUSY, BUSY, DONE]);
  await transport.send(data, 10_000);
  expect(timeouts).toEqual([10_000, 9000, 7500]);
});

test("it gives up at once where the time does not suffice", async () => {
  const late: ExportResponse = { status: "retryable", retryInMillis: 10_000 };
  const { transport, waits } = retrying([late]);
  expect(await transport.send(data, 10_000)).toBe(late);
  expect(waits).toEqual([]);
});

test("it gives up after five retries", async () => {
  const { transport, timeouts } = retrying([]);
  expect(await transport.send(data, 1_000_000)).toBe(BUSY);
  expect(timeouts.length).toBe(6);
});

test("a collector that says 0 does not make it spin for ever", async () => {
  const eager: ExportResponse = { status: "retryable", retryInMillis: 0 };
  const { transport, timeouts } = retrying(Array.from({ length: 100 }, () => eager));
  await transport.send(data, 1000);
  expect(timeouts.length).toBe(6);
});

test("a shutdown ends a pause", async () => {
  const shutdown = vi.fn();
  const transport = createRetryingTransport({ send: async () => BUSY, shutdown });
  const sending = transport.send(data, 1_000_000);
  await Promise.resolve();
  transport.shutdown();
  expect(await sending).toBe(BUSY);
  expect(shutdown).toHaveBeenCalledOnce();
});
