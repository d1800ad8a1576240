import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { ExpositionFormat } from "./format.ts";

/** Writes the page. */
export type Render = (format: ExpositionFormat) => string | Promise<string>;

/** Gives scrapes their pages. */
export type Scrape = (format: ExpositionFormat, zipped: boolean) => Promise<Buffer>;

interface Rendering {
  readonly plain: Promise<Buffer>;
  zipped: Promise<Buffer> | undefined;
}

const compress = promisify(gzip);

/**
 * Renders one page at a time for each format, and shares it between all who asked before its numbers were read. Who asks
 * later gets a page of his own, after that one: concurrent scrapes cost no more than two renderings, and no scrape gets
 * numbers from before it began.
 */
export function createScrapes(render: Render): Scrape {
  /** Renderings whose numbers are not read yet. */
  const open = new Map<ExpositionFormat, Rendering>();
  /** Settles when the rendering before is done, compressed and all. */
  const turns = new Map<ExpositionFormat, Promise<unknown>>();

  function begin(format: ExpositionFormat): Rendering {
    const turn = turns.get(format);
    const plain = (async () => {
      await turn;
      // Requests that arrived together are read from their sockets within one turn of the event loop.
      await nextTurn();
      try {
        return Buffer.from(await render(format));
      } finally {
        open.delete(format);
      }
    })();
    const rendering: Rendering = { plain, zipped: undefined };
    open.set(format, rendering);
    turns.set(
      format,
      plain.then(() => rendering.zipped).catch(() => undefined),
    );
    return rendering;
  }

  return (format, isZipped) => {
    const rendering = open.get(format) ?? begin(format);
    if (!isZipped) return rendering.plain;
    return (rendering.zipped ??= rendering.plain.then((page) =>
      compress(page, { level: constants.Z_BEST_SPEED }),
    ));
  };
}
