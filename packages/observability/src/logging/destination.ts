/** Why lines were lost: the reader stands still, or there is none. */
export type LineLoss = "log_buffer_full" | "log_write_failed";

/** Where finished lines go. */
export interface LogDestination {
  /** Takes a line, its line break included. Never throws, and never waits for whoever reads. */
  readonly write: (line: string) => void;
  /** Resolves when everything taken so far is written, or never will be. */
  readonly flush: () => Promise<void>;
  /** Writes what waits before it returns; gives up what a reader does not take who stands still for two seconds, or is slow for ten. */
  readonly flushNow: () => void;
}

export interface DestinationOptions {
  /** Writes from `offset` on and returns how many bytes were taken; 0 means later. Throws where writing fails. */
  readonly writeNow: (bytes: Buffer, offset: number) => number;
  /** Whether somebody else's output is in the middle of a line. */
  readonly isOccupied: () => boolean;
  /** Hears of lines that nobody will see. */
  readonly lost: (lines: number, why: LineLoss) => void;
  /** Stops the thread, for `flushNow`. */
  readonly pause: (ms: number) => void;
}

/** A pipe takes so many bytes at once or not at all (PIPE_BUF on Linux): lines of several writers do not mix. */
const CHUNK_BYTES = 4096;
/** How many bytes may wait for a reader that stands still. */
const MOST_WAITING = 8 * 1024 * 1024;
const RETRY_MS = 10;
/** How long `flushNow` waits for a reader that takes nothing, and how long for one that takes little. */
const PATIENCE_MS = 2000;
const GREATEST_PATIENCE_MS = 10_000;
/** What is written is lost, but the next may be taken: a disk that is full may be emptied. */
const PASSING = new Set(["EDQUOT", "EFBIG", "ENOSPC"]);

/** Lines that are written together, and how far that is. */
interface Chunk {
  readonly text: string;
  readonly bytes: Buffer;
  offset: number;
}

/**
 * Gathers lines and writes them in chunks: when a chunk is full, else once the turn of the event loop is over. What a
 * reader does not take waits here, up to a limit past which new lines are dropped and counted.
 *
 * It writes synchronously, to a descriptor that does not block. So it knows at every moment what is written, and can
 * write the rest when the process ends and no callback runs any more; a write in another thread would be lost then.
 */
export function createDestination(options: DestinationOptions): LogDestination {
  const { writeNow, isOccupied, lost, pause } = options;
  const full: string[] = [];
  let open = "";
  let openBytes = 0;
  let waiting = 0;
  let written = 0;
  let current: Chunk | undefined;
  let scheduled = false;
  let retry: NodeJS.Timeout | undefined;
  let broken = false;
  let waitingForEnd: (() => void)[] = [];

  const giveUp = (): void => {
    lost(linesIn([current?.text, ...full, open].join("")), "log_write_failed");
    full.length = 0;
    open = "";
    openBytes = 0;
    waiting = 0;
    current = undefined;
  };
  const take = (all: boolean): Chunk | undefined => {
    let text = full.shift();
    if (text === undefined && all) {
      text = open;
      open = "";
      openBytes = 0;
    }
    return text ? { text, bytes: Buffer.from(text), offset: 0 } : undefined;
  };
  const failed = (error: unknown, { text, bytes }: Chunk): void => {
    if (PASSING.has(codeOf(error))) {
      lost(linesIn(text), "log_write_failed");
      waiting -= bytes.length;
      current = undefined;
    } else {
      broken = true;
      giveUp();
    }
  };
  /** Writes the full chunks, or all there is; false where something is left that is not taken now. */
  const attempt = (all: boolean): boolean => {
    while ((current ??= take(all)) !== undefined) {
      const chunk = current;
      try {
        const taken = writeNow(chunk.bytes, chunk.offset);
        if (taken === 0) return false;
        written += taken;
        chunk.offset += taken;
        if (chunk.offset < chunk.bytes.length) continue;
        waiting -= chunk.bytes.length;
        current = undefined;
      } catch (error) {
        failed(error, chunk);
      }
    }
    return true;
  };
  const run = (all: boolean): void => {
    if (retry !== undefined) return;
    if (isOccupied() || !attempt(all)) {
      retry = setTimeout(() => {
        retry = undefined;
        run(true);
      }, RETRY_MS);
      // A reader that stands still does not keep the process alive, unless somebody waits for the end.
      if (waitingForEnd.length === 0) retry.unref();
    } else if (all) {
      for (const resolve of waitingForEnd) resolve();
      waitingForEnd = [];
    }
  };

  return {
    write(line) {
      const bytes = Buffer.byteLength(line);
      if (broken || waiting + bytes > MOST_WAITING) {
        lost(1, broken ? "log_write_failed" : "log_buffer_full");
        return;
      }
      waiting += bytes;
      if (open !== "" && openBytes + bytes > CHUNK_BYTES) {
        full.push(open);
        open = line;
        openBytes = bytes;
        run(false);
      } else {
        open += line;
        openBytes += bytes;
      }
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        run(true);
      });
    },
    flush() {
      if (waiting === 0) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waitingForEnd.push(resolve);
      retry?.ref();
      run(true);
      return promise;
    },
    flushNow() {
      let idleMs = 0;
      for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
        const before = written;
        if (attempt(true)) return;
        idleMs = written > before ? 0 : idleMs + RETRY_MS;
        if (idleMs > PATIENCE_MS || waitedMs >= GREATEST_PATIENCE_MS) break;
        pause(RETRY_MS);
      }
      giveUp();
    },
  };
}

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
