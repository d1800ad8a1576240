/** Something that runs from `initializeObservability` to `shutdown`. None of its promises rejects. */
export interface Part {
  /** Resolves when it is known what it can do. */
  readonly ready?: Promise<unknown>;
  /** Takes back, at once, what was put into the process: registrations, listeners, the slot's fields. */
  readonly release?: () => void;
  /** Sends what waits. */
  readonly forceFlush?: () => Promise<unknown>;
  /** Sends what waits and stops. */
  readonly shutdown?: () => Promise<unknown>;
  /** Breaks off what `shutdown` is still waiting for, as far as it can be. */
  readonly abandon?: () => void;
}

/** Makes one part of several. They are released in the opposite order. */
export function joinParts(parts: readonly Part[]): Required<Part> {
  const each = (call: (part: Part) => Promise<unknown> | undefined): Promise<unknown> =>
    Promise.allSettled(parts.map(async (part) => call(part)));
  return {
    ready: each(({ ready }) => ready),
    release() {
      for (const part of parts.toReversed()) part.release?.();
    },
    forceFlush: () => each((part) => part.forceFlush?.()),
    shutdown: () => each((part) => part.shutdown?.()),
    abandon() {
      for (const part of parts) part.abandon?.();
    },
  };
}
