import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileSloStore } from "./file-store.ts";
import { availability, end, START_MS, trackerFor } from "./slo.fixture.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slo-store-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a file", () => {
  it("gives back what was saved last", async () => {
    const store = fileSloStore(join(folder, "slo.json"));
    expect(await store.load()).toBeUndefined();
    await store.save("one");
    await store.save("two");
    expect(await store.load()).toBe("two");
    expect(readdirSync(folder)).toEqual(["slo.json"]);
  });

  it("is its owner's alone, and so are the folders it makes", async () => {
    const path = join(folder, "a", "b", "slo.json");
    await fileSloStore(path).save("state");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
  });

  it("is replaced as a whole, whatever an earlier process left beside it", async () => {
    const path = join(folder, "slo.json");
    const elsewhere = join(folder, "elsewhere");
    writeFileSync(elsewhere, "precious");
    symlinkSync(elsewhere, `${path}.${process.pid}.tmp`);
    await fileSloStore(path).save("state");
    expect(readFileSync(path, "utf8")).toBe("state");
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
  });

  it("that cannot be read or written rejects", async () => {
    writeFileSync(join(folder, "file"), "");
    const store = fileSloStore(join(folder, "file", "slo.json"));
    await expect(store.load()).rejects.toThrow("ENOTDIR");
    await expect(store.save("state")).rejects.toThrow(folder);
  });

  it("is refused without a path", () => {
    expect(() => fileSloStore("")).toThrow(
      new TypeError("fileSloStore: path is ''; expected a non-empty string"),
    );
    expect(() => fileSloStore(5 as never)).toThrow(TypeError);
  });

  it("that is damaged is a problem of the tracker, which begins anew and replaces it", async () => {
    const path = join(folder, "slo.json");
    writeFileSync(path, '{"version":1,"slos":[{"na');
    const store = fileSloStore(path);
    {
      using under = trackerFor([availability("s")], { store });
      end();
      await under.tracker.shutdown();
      expect(under.problems).toMatchObject([{ code: "slo_state", subject: "content" }]);
    }
    using after = trackerFor([availability("s")], { store, clock: { nowMs: START_MS + 1000 } });
    await after.tracker.ready;
    expect(after.problems).toEqual([]);
    expect(after.tracker.status()).toMatchObject([{ events: 1 }]);
  });
});
