import { describe, expect, it } from "vitest";
import { map } from "../composition/map.ts";
import { retry } from "../recovery/retry.ts";
import { timeout } from "../recovery/timeout.ts";
import { chaos, type ChaosOptions } from "./chaos.ts";
import { rehearse } from "./rehearse.ts";
import { scripted } from "./scripted.ts";
import { virtualRuntime } from "./virtual-runtime.ts";

const items = [...Array(40).keys()];

/** How each of forty calls ended and when, in virtual milliseconds. */
async function play(options: ChaosOptions): Promise<string[]> {
  const virtual = virtualRuntime();
  const began = virtual.nowMs;
  const shaky = timeout(
    chaos(async (item: number) => item, options),
    { timeoutMs: 1_000 },
  );
  const ends: string[] = [];
  await virtual.run(() =>
    Promise.all(
      items.map(async (item) => {
        const end = await shaky.execute(item, { runtime: virtual }).then(
          () => "ok",
          (error: { code: string }) => error.code,
        );
        ends[item] = `${end} ${virtual.nowMs - began}`;
      }),
    ),
  );
  return ends;
}

describe("chaos", () => {
  it("makes the same faults of the same seed, and others of another", async () => {
    const options = { failRatio: 0.3, hangRatio: 0.2, delayMs: [10, 500] } as const;
    const first = await play({ seed: 1, ...options });
    expect(await play({ seed: 1, ...options })).toEqual(first);
    expect(await play({ seed: 2, ...options })).not.toEqual(first);
    expect(new Set(first.map((end) => end.split(" ")[0]))).toEqual(
      new Set(["ok", "CHAOS", "TIMEOUT"]),
    );
  });

  it("leaves the step alone without a ratio, and never calls it at 1", async () => {
    expect(new Set(await play({ seed: 1 }))).toEqual(new Set(["ok 0"]));
    expect(new Set(await play({ seed: 1, failRatio: 1 }))).toEqual(new Set(["CHAOS 0"]));
    expect(new Set(await play({ seed: 1, hangRatio: 1 }))).toEqual(new Set(["TIMEOUT 1000"]));
    expect(new Set(await play({ seed: 1, delayMs: 7 }))).toEqual(new Set(["ok 7"]));
  });

  it("throws the error it is told to", async () => {
    const no = new Error("no");
    const step = scripted("step", [{ returns: 1 }]);
    const shaky = chaos(step, { seed: 1, failRatio: 1, error: () => no });
    await expect(shaky.execute(0)).rejects.toBe(no);
    expect(step.calls).toHaveLength(0);
    expect(shaky.name).toBe("step");
  });

  it("comes back when nobody aborts a call that hangs", async () => {
    const hanging = chaos((item: number) => item, { seed: 1, hangRatio: 1 });
    await expect(virtualRuntime().execute(hanging, 0)).rejects.toMatchObject({ code: "CHAOS" });
  });

  it("is the same for a replay", async () => {
    const shaky = chaos(async (item: number) => item, {
      seed: 3,
      failRatio: 0.5,
      delayMs: [1, 90],
    });
    const report = await rehearse(map(retry(shaky, { attempts: 9 })), [1, 2, 3]);
    expect(report).toMatchObject({ result: [1, 2, 3], problems: [] });
    expect(report.journal.some((name) => name.startsWith("sleep"))).toBe(true);
  });

  it.each([
    [{ seed: 1, failRatio: 2 }, "chaos({ failRatio })"],
    [{ seed: 1, hangRatio: -1 }, "chaos({ hangRatio })"],
    [{ seed: 1, failRatio: 0.7, hangRatio: 0.7 }, "chaos({ failRatio, hangRatio })"],
    [{ seed: 1, delayMs: [5, 1] }, "chaos({ delayMs })"],
    [{ seed: undefined }, "chaos({ seed })"],
  ])("names a wrong option: %j", (options, name) => {
    expect(() => chaos((item: number) => item, options as ChaosOptions)).toThrow(name);
  });
});
