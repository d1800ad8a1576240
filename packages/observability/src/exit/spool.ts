import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Report } from "../problem.ts";
import type { Signal } from "../config/settings/otlp.ts";
import type { Parcel } from "./shipment.ts";
import { decodeParcel, encodeParcel } from "./spool-file.ts";

/** What a spool is told. */
export interface SpoolOptions {
  readonly folder: string;
  /** Only what a service of this name has left is taken. */
  readonly service: string;
  readonly report: Report;
}

/** A parcel that an earlier process has left. */
export interface Found {
  readonly parcel: Parcel;
  /** Removes it for good. */
  readonly remove: () => void;
  /** Puts it back for another start. */
  readonly putBack: () => void;
}

/** Parcels that outlive the process. */
export interface Spool {
  /** Writes a parcel, at once. False where it could not be, which is reported. */
  readonly put: (parcel: Parcel) => boolean;
  /** Takes one parcel, so that no other process takes it; undefined where there is none. */
  readonly take: (signal: Signal) => Found | undefined;
}

/** Most bytes that one service leaves in the folder. */
const MAX_BYTES = 64 * 1024 * 1024;
const WAITING = ".otlp";
const TAKEN = ".taken";
const NO_FOLLOW = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * Opens a spool: one file for each parcel, readable for its owner alone, without address and headers, because those are
 * secrets and may have changed.
 */
export function openSpool({ folder, service, report }: SpoolOptions): Spool {
  const prefix = `${readable(service)}-${hash(service)}.`;
  const failed = (what: string, error: unknown): void => {
    report({
      code: "spool_failed",
      message: `${what} in the folder ${folder} (option spoolFolder): ${error instanceof Error ? error.message : String(error)}`,
      subject: what,
    });
  };
  const filesWith = (suffix: string): string[] => {
    try {
      return readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith(suffix));
    } catch {
      // No folder: nothing was left in it.
      return [];
    }
  };
  const bytesLeft = (): number =>
    [...filesWith(WAITING), ...filesWith(TAKEN)].reduce(
      (left, name) => left - sizeOf(join(folder, name)),
      MAX_BYTES,
    );

  const takeBack = (): void => {
    for (const name of filesWith(TAKEN)) {
      const [, original, pid] = /^(.*)\.(\d+)\.taken$/.exec(name) ?? [];
      const path = join(folder, name);
      if (original !== undefined && isLeft(path, Number(pid))) move(path, join(folder, original));
    }
  };

  const open = (name: string): Found | undefined => {
    const waiting = join(folder, name);
    const taken = `${waiting}.${process.pid}${TAKEN}`;
    // Who moves it has it: another process that starts at the same time finds nothing to move.
    if (!move(waiting, taken)) return undefined;
    const remove = (): void => {
      try {
        unlinkSync(taken);
      } catch (error) {
        failed("a file cannot be removed", error);
      }
    };
    try {
      return {
        parcel: decodeParcel(readOwn(taken)),
        remove,
        putBack: () => void move(taken, waiting),
      };
    } catch (error) {
      failed("a file cannot be read and is removed", error);
      remove();
      return undefined;
    }
  };

  try {
    takeBack();
  } catch (error) {
    failed("what an earlier process was sending cannot be taken over", error);
  }
  return {
    put(parcel) {
      try {
        const content = encodeParcel(parcel);
        if (content.length > bytesLeft()) {
          throw new Error(`there are ${MAX_BYTES} bytes of this service already`);
        }
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const path = join(folder, `${prefix}${parcel.signal}.${randomUUID()}`);
        writeFileSync(path, content, { flag: "wx", mode: 0o600 });
        renameSync(path, path + WAITING);
        return true;
      } catch (error) {
        failed("nothing can be left for the next start", error);
        return false;
      }
    },
    take(signal) {
      for (const name of filesWith(WAITING)) {
        const found = name.startsWith(`${prefix}${signal}.`) ? open(name) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** For whoever looks into the folder. */
function readable(service: string): string {
  return service.replaceAll(/[^\w-]/g, "_").slice(0, 60);
}

/** Tells services apart whose names look alike. */
function hash(service: string): string {
  return createHash("sha256").update(service).digest("hex").slice(0, 8);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Reads a file that this user has written: in a folder that others may write to, they could leave something else. */
function readOwn(path: string): Buffer {
  const file = openSync(path, NO_FOLLOW);
  try {
    const { uid, size } = fstatSync(file);
    if (process.getuid !== undefined && uid !== process.getuid()) {
      throw new Error("it belongs to another user");
    }
    if (size > MAX_BYTES) throw new Error("it is too large");
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/** Whether the process that took it is gone. In a container the one before had the same id as this one. */
function isLeft(path: string, pid: number): boolean {
  if (pid === process.pid) {
    const startMs = Date.now() - process.uptime() * 1000;
    return (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Infinity) < startMs;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}
