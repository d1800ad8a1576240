import { describe, expect, test, vi } from "vitest";
import { createProblemLog } from "../problem.ts";
import { createExitDelivery } from "./exit-delivery.ts";
import type { ExitSource, Outcome, Parcel, Shipment } from "./shipment.ts";
import type { Spool } from "./spool.ts";

const parcel = (items: number): Parcel => ({
  signal: "traces",
  encoding: "protobuf",
  items,
  body: new Uint8Array(items),
});

interface Asked {
  readonly shipments: readonly Shipment[];
  readonly timeoutMs: number;
}

function lab(outcomes: readonly Outcome[] | Error, spool?: Spool) {
  const { problems, report } = createProblemLog();
  const asked: Asked[] = [];
  let lost = 0;
  const delivery = createExitDelivery({
    sendBlocking(shipments, timeoutMs) {
      asked.push({ shipments, timeoutMs });
      if (outcomes instanceof Error) throw outcomes;
      return [...outcomes];
    },
    spool,
    timeoutMs: 1000,
    report,
  });
  const register = (take: ExitSource["take"]): void => {
    delivery.register({
      signal: "traces",
      items: { one: "span", many: "spans" },
      destination: {
        protocol: "http/protobuf",
        url: "http://u:secret@collector/v1/traces",
        headers: {},
      },
      take,
      lost: (items) => void (lost += items),
    });
  };
  return { delivery, register, asked, problems, lost: () => lost };
}

function spoolOf(takes: boolean): Spool & { readonly kept: number[] } {
  const kept: number[] = [];
  return {
    kept,
    put: ({ items }) => takes && kept.push(items) > 0,
    take: () => undefined,
  };
}

describe("delivery at exit", () => {
  test("asks nobody where nothing is left", () => {
    const { delivery, register, asked } = lab([]);
    register(() => []);
    delivery.deliver(500);
    expect(asked).toEqual([]);
  });

  test("sends what every signal has left, to where it belongs", () => {
    const { delivery, register, asked, problems, lost } = lab(["delivered", "delivered"]);
    register(() => [parcel(2)]);
    register(() => [parcel(3)]);
    delivery.deliver(500);
    expect(asked).toMatchObject([
      { timeoutMs: 500, shipments: [{ parcel: { items: 2 } }, { parcel: { items: 3 } }] },
    ]);
    expect([problems, lost()]).toEqual([[], 0]);
  });

  test("keeps what is not taken now, and counts what is refused", () => {
    const spool = spoolOf(true);
    const { delivery, register, problems, lost } = lab(
      ["delivered", "unavailable", "refused"],
      spool,
    );
    register(() => [parcel(1), parcel(2), parcel(4)]);
    delivery.deliver(500);
    expect([spool.kept, lost()]).toEqual([[2], 4]);
    expect(problems).toMatchObject([
      { code: "lost_at_exit", message: expect.stringMatching(/^4 spans .*refuses them$/) },
    ]);
  });

  test.each([undefined, spoolOf(false)])("counts what nobody keeps", (spool) => {
    const { delivery, register, problems, lost } = lab(["unavailable"], spool);
    register(() => [parcel(1)]);
    delivery.deliver(500);
    expect(lost()).toBe(1);
    expect(problems[0]?.message).toMatch(/^1 span had not arrived/);
    expect(problems[0]?.message.includes("spoolFolder")).toBe(spool === undefined);
    expect(JSON.stringify(problems)).not.toContain("secret");
  });

  test("without time does not ask the collector", () => {
    const spool = spoolOf(true);
    const { delivery, register, asked } = lab(["delivered"], spool);
    register(() => [parcel(1)]);
    delivery.deliver(0);
    expect([asked, spool.kept]).toEqual([[], [1]]);
  });

  test("delivers the rest where one signal cannot be written", () => {
    const { delivery, register, asked, problems } = lab(["delivered"]);
    register(() => {
      throw new Error("a getter that throws");
    });
    register(() => [parcel(1)]);
    delivery.deliver(500);
    expect(asked).toMatchObject([{ shipments: [{ parcel: { items: 1 } }] }]);
    expect(problems).toMatchObject([
      { code: "lost_at_exit", message: expect.stringContaining("getter") },
    ]);
  });

  test("takes what others hold back until then, also where one of them fails", () => {
    const { delivery, register, asked, problems } = lab(["delivered"]);
    const held: Parcel[] = [];
    register(() => held);
    delivery.before(() => {
      throw new Error("a sampler that throws");
    });
    delivery.before(() => void held.push(parcel(1)));
    delivery.deliver(500);
    expect(asked).toMatchObject([{ shipments: [{ parcel: { items: 1 } }] }]);
    expect(problems).toMatchObject([
      { code: "lost_at_exit", message: expect.stringContaining("a sampler that throws") },
    ]);
  });

  test("never throws, and loses nothing to the spool where sending fails", () => {
    const spool = spoolOf(true);
    const { delivery, register } = lab(new Error("no thread"), spool);
    register(() => [parcel(1)]);
    delivery.deliver(500);
    expect(spool.kept).toEqual([1]);
  });

  test("puts back what is being sent of an earlier process", () => {
    const putBack = vi.fn<() => void>();
    const found = { parcel: parcel(1), remove: () => undefined, putBack };
    const { delivery, register } = lab([], { put: () => true, take: () => found });
    register(() => []);
    delivery.deliver(500);
    expect(putBack).toHaveBeenCalledOnce();
  });
});
