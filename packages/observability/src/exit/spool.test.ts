import * as fc from "fast-check";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createProblemLog } from "../problem.ts";
import type { Parcel } from "./shipment.ts";
import type { Spool } from "./spool.ts";
import { openSpool } from "./spool.ts";
import { decodeParcel, encodeParcel } from "./spool-file.ts";

const PARCEL: Parcel = {
  signal: "traces",
  encoding: "protobuf",
  items: 3,
  body: Buffer.from([10, 0, 255]),
};

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "spool-")), "folder");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(join(folder, ".."), { recursive: true });
});

function open(service = "desk") {
  const { problems, report } = createProblemLog();
  return { ...openSpool({ folder, service, report }), problems };
}

function taken({ take }: Spool): Parcel[] {
  const parcels: Parcel[] = [];
  for (let found = take("traces"); found !== undefined; found = take("traces")) {
    parcels.push(found.parcel);
    found.remove();
  }
  return parcels;
}

/** The only file in the folder. */
function file(): string {
  const [name = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return join(folder, name);
}

describe("a spool", () => {
  test("gives back what was put, once", () => {
    const spool = open();
    expect(spool.put(PARCEL)).toBe(true);
    expect(taken(open())).toEqual([PARCEL]);
    expect([readdirSync(folder), spool.take("traces")]).toEqual([[], undefined]);
  });

  test("is for its owner alone", () => {
    open().put(PARCEL);
    expect([statSync(folder).mode & 0o777, statSync(file()).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test("keeps services and signals apart", () => {
    open("desk").put(PARCEL);
    open("desk.eu").put({ ...PARCEL, items: 5 });
    open("desk").put({ ...PARCEL, signal: "logs", items: 7 });
    expect(taken(open("desk"))).toEqual([PARCEL]);
    expect(taken(open("desk.eu"))).toMatchObject([{ items: 5 }]);
    expect(open("desk").take("logs")?.parcel.items).toBe(7);
  });

  test("takes any name of a service, and none leads out of the folder", () => {
    const service = `../../${"x".repeat(300)}/*\u0000"`;
    expect(open(service).put(PARCEL)).toBe(true);
    expect(taken(open(service))).toEqual([PARCEL]);
  });

  test("does not give one parcel to two, in one process or in several", () => {
    open().put(PARCEL);
    expect(open().take("traces")?.parcel).toEqual(PARCEL);
    expect(open().take("traces")).toBeUndefined();
  });

  test("takes over from a process before this one that had the same id, as in a container", () => {
    open().put(PARCEL);
    const name = file();
    renameSync(name, `${name}.${process.pid}.taken`);
    expect(open().take("traces")).toBeUndefined();
    vi.spyOn(process, "uptime").mockReturnValue(-60);
    expect(open().take("traces")?.parcel).toEqual(PARCEL);
  });

  test("gives again what was put back", () => {
    const spool = open();
    spool.put(PARCEL);
    spool.take("traces")?.putBack();
    expect(taken(spool)).toEqual([PARCEL]);
  });

  test("leaves to another process what that has taken, and takes over from one that is gone", () => {
    open().put(PARCEL);
    const name = file();
    renameSync(name, `${name}.${process.ppid}.taken`);
    expect(taken(open())).toEqual([]);
    renameSync(`${name}.${process.ppid}.taken`, `${name}.999999999.taken`);
    expect(taken(open())).toEqual([PARCEL]);
  });

  test("is bounded", () => {
    const spool = open();
    spool.put(PARCEL);
    truncateSync(file(), 64 * 1024 * 1024);
    expect(spool.put(PARCEL)).toBe(false);
    expect(spool.problems).toMatchObject([
      { code: "spool_failed", message: expect.stringContaining("bytes of this service") },
    ]);
  });

  test.each([
    ["is no parcel", "not of the format", () => writeFileSync(file(), "[]\n")],
    ["is cut short", "not complete", () => truncateSync(file(), statSync(file()).size - 1)],
    ["is too large", "too large", () => truncateSync(file(), 65 * 1024 * 1024)],
    [
      "belongs to somebody else",
      "another user",
      () => vi.spyOn(process, "getuid").mockReturnValue(4711),
    ],
    [
      "is a link to somewhere else",
      "ELOOP",
      () => {
        const name = file();
        renameSync(name, join(folder, "..", "elsewhere"));
        symlinkSync(join(folder, "..", "elsewhere"), name);
      },
    ],
  ])("removes and reports what %s, and goes on with the next", (_what, words, spoil) => {
    const spool = open();
    spool.put(PARCEL);
    spoil();
    expect(spool.take("traces")).toBeUndefined();
    expect(spool.problems).toMatchObject([
      { code: "spool_failed", message: expect.stringContaining(words) },
    ]);
    expect(readdirSync(folder)).toEqual([]);
    vi.restoreAllMocks();
    spool.put(PARCEL);
    expect(taken(spool)).toEqual([PARCEL]);
  });

  test("that has no folder has nothing, and makes none", () => {
    expect(taken(open())).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test("that cannot write says so", () => {
    writeFileSync(folder, "");
    const spool = open();
    expect(spool.put(PARCEL)).toBe(false);
    expect(spool.problems).toMatchObject([
      { code: "spool_failed", message: expect.stringContaining(folder) },
    ]);
  });
});

const parcels = fc.record({
  signal: fc.constantFrom("traces" as const, "metrics" as const, "logs" as const),
  encoding: fc.constantFrom("protobuf" as const, "json" as const),
  items: fc.nat(),
  body: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
});

test("a parcel is read as it was written", () => {
  fc.assert(
    fc.property(parcels, (parcel) => {
      expect(decodeParcel(encodeParcel(parcel))).toEqual(parcel);
    }),
  );
});

test("a part of a parcel, and anything else, is not read", () => {
  fc.assert(
    fc.property(parcels, fc.double({ min: 0, max: 0.999, noNaN: true }), (parcel, share) => {
      const content = encodeParcel(parcel);
      const part = content.subarray(0, Math.floor(content.length * share));
      expect(() => decodeParcel(part)).toThrow(/not of the format/);
      expect(() => decodeParcel(Buffer.concat([content, Buffer.from("x")]))).toThrow(
        /not of the format/,
      );
    }),
  );
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(() => decodeParcel(Buffer.from(`${json}\n`))).toThrow(/not of the format/);
    }),
  );
});
