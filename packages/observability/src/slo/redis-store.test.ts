import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { describe, expect, it } from "vitest";
import { freePort, isInstalled, startProgram } from "./programs.fixture.ts";
import { redisSloStore, type SloRedisClient } from "./redis-store.ts";
import { availability, end, trackerFor } from "./slo.fixture.ts";

const client: SloRedisClient = {
  get: () => Promise.resolve(5),
  set: () => Promise.resolve("OK"),
};

describe("a key of Redis", () => {
  it("keeps the counts over a restart, in a real server", async ({ skip }) => {
    skip(!isInstalled("redis-server"), "redis-server is not installed");
    const folder = mkdtempSync(join(tmpdir(), "slo-redis-"));
    const port = await freePort();
    const redis = createClient({ url: `redis://127.0.0.1:${port}` });
    redis.on("error", () => undefined);
    const flags = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
    const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
    const server = await startProgram("redis-server", args, async () => {
      const probe = createClient({
        url: `redis://127.0.0.1:${port}`,
        socket: { reconnectStrategy: false },
      });
      probe.on("error", () => undefined);
      await probe.connect();
      await probe.close();
      return true;
    });
    try {
      await redis.connect();
      const store = redisSloStore(redis, { key: "support-desk:slo" });
      expect(await store.load()).toBeUndefined();
      const slos = [availability("s")];
      {
        using before = trackerFor(slos, { store });
        end();
        end({ status: "error" });
        await before.tracker.shutdown();
        expect(before.problems).toEqual([]);
      }
      using after = trackerFor(slos, { store });
      end();
      await after.tracker.ready;
      expect(after.tracker.status()).toMatchObject([{ events: 3, bad: 1 }]);
      expect(JSON.parse((await redis.get("support-desk:slo")) ?? "")).toMatchObject({ version: 1 });
    } finally {
      if (redis.isOpen) redis.destroy();
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it("that holds no text is refused", async () => {
    await expect(redisSloStore(client, { key: "k" }).load()).rejects.toThrow(
      "the value of k is no text",
    );
  });

  it("is refused without a client or a name", () => {
    expect(() => redisSloStore({} as never, { key: "k" })).toThrow(
      new TypeError("redisSloStore: client is {}; expected one with the methods get and set"),
    );
    expect(() => redisSloStore(undefined as never, { key: "k" })).toThrow(TypeError);
    expect(() => redisSloStore(client, { key: "" })).toThrow(
      new TypeError("redisSloStore: key is ''; expected a non-empty string"),
    );
  });
});
