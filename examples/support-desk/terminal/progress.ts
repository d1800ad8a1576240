import { displayWidth, truncate } from "./display-width.ts";
import { durationText } from "./duration-text.ts";
import { countText } from "./number-text.ts";
import type { Paint } from "./paint.ts";

/** How far the work has come; counts of requests. */
export interface ProgressState {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly running: number;
  readonly queued: number;
  /** Nothing more is started; what runs is waited for. @default false */
  readonly stopping?: boolean;
}

/** Where the progress is written to: `process.stderr`, or something like it. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly write: (text: string) => unknown;
}

/** Options of `createProgress`. */
export interface ProgressOptions {
  readonly stream: ProgressStream;
  readonly paint: Paint;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
  /** @default false */
  readonly quiet?: boolean;
}

/** Shows progress. */
export interface Progress {
  readonly update: (state: ProgressState) => void;
  /** Lets something else be written to the same terminal, above the bar. */
  readonly interject: (write: () => void) => void;
  /** Draws the last state and leaves the line. */
  readonly finish: () => void;
}

const eraseLine = "\r\u001B[2K";
const redrawMs = 80;
const longestBar = 40;
const freeColumns = 3;

/**
 * Makes a progress bar on a terminal, a line at every tenth of the work elsewhere, or nothing when
 * quiet.
 */
export function createProgress(options: ProgressOptions): Progress {
  if (options.quiet === true)
    return { update: () => {}, interject: (write) => write(), finish: () => {} };
  return options.stream.isTTY === true ? createBar(options) : createLines(options);
}

function createBar({ stream, paint, now }: ProgressOptions): Progress {
  const startedMs = now();
  let drawnMs = Number.NEGATIVE_INFINITY;
  let latest: ProgressState | undefined;
  function draw(state: ProgressState): void {
    drawnMs = now();
    stream.write(
      eraseLine +
        renderBar(state, { columns: stream.columns ?? 80, elapsedMs: drawnMs - startedMs, paint }),
    );
  }
  return {
    update(state) {
      latest = state;
      if (now() - drawnMs >= redrawMs) draw(state);
    },
    interject(write) {
      stream.write(eraseLine);
      write();
      if (latest !== undefined) draw(latest);
    },
    finish() {
      if (latest === undefined) return;
      draw(latest);
      stream.write("\n");
      latest = undefined;
    },
  };
}

function createLines({ stream, now }: ProgressOptions): Progress {
  const startedMs = now();
  let writtenTenth = 0;
  return {
    update(state) {
      const done = state.succeeded + state.failed;
      const share = done / Math.max(1, state.total);
      const tenth = Math.floor(share * 10);
      if (tenth <= writtenTenth) return;
      writtenTenth = tenth;
      stream.write(
        `${countText(done)} of ${countText(state.total)} requests done (${Math.floor(share * 100)} %), ` +
          `${countText(state.failed)} failed, ${durationText(now() - startedMs)}\n`,
      );
    },
    interject: (write) => write(),
    finish() {},
  };
}

/** Draws one line that leaves three columns free: a full line makes some terminals wrap, and Ctrl-C shows as "^C". */
export function renderBar(
  state: ProgressState,
  {
    columns,
    elapsedMs,
    paint,
  }: { readonly columns: number; readonly elapsedMs: number; readonly paint: Paint },
): string {
  const done = state.succeeded + state.failed;
  const share = done / Math.max(1, state.total);
  const count = `${countText(done).padStart(countText(state.total).length)}/${countText(state.total)}`;
  const percent = `${Math.floor(share * 100)} %`.padStart(6);
  const details = [
    state.stopping === true
      ? `stopping, ${countText(state.running)} to finish`
      : `${countText(state.running)} running`,
    ...(state.queued > 0 && state.stopping !== true ? [`${countText(state.queued)} queued`] : []),
    ...(state.failed > 0 ? [`${countText(state.failed)} failed`] : []),
    durationText(elapsedMs),
  ].join(", ");
  const text = `${count} ${percent}  ${details}`;
  const usable = columns - freeColumns;
  const room = usable - displayWidth(text) - 2;
  if (room < 8) return truncate(text, usable);
  const length = Math.min(longestBar, room);
  const filled = Math.round(share * length);
  const bar = paint("green", "━".repeat(filled)) + paint("dim", "─".repeat(length - filled));
  return `${bar}  ${text}`;
}
