import { thrownFromJson, type ThrownJson } from "../runtime/error-json.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What the journal holds of one operation. */
export interface Body {
  readonly value?: unknown;
  readonly thrown?: ThrownJson;
  /** Rejected with what the branch was cancelled with. */
  readonly isStopped?: boolean;
  readonly writes?: readonly (readonly [string, unknown])[];
  /** The branch was cancelled while the operation was under way, with this. */
  readonly cancelled?: ThrownJson;
}

/** What an operation resolves with. @throws what it rejects with; `signal` knows what the branch was cancelled with */
export function resultOf({ isStopped, thrown, value }: Body, signal: AbortSignal): unknown {
  if (isStopped === true) throw signal.reason;
  if (thrown !== undefined) throw thrownFromJson(thrown);
  return value;
}

/** A wait of so many milliseconds, unless it is cancelled. */
export function nap(clock: VirtualClock, ms: number, signal: AbortSignal): Promise<Body> {
  const { promise, resolve } = Promise.withResolvers<Body>();
  if (signal.aborted) return Promise.resolve({ isStopped: true });
  const wake = (body: Body): void => {
    stopTimer();
    signal.removeEventListener("abort", stop);
    resolve(body);
  };
  const stop = (): void => wake({ isStopped: true });
  const stopTimer = clock.startTimer(ms, () => wake({}));
  signal.addEventListener("abort", stop);
  return promise;
}

/** What a lost process leaves behind: a frame that nobody comes back to. */
export function neverEnds(): Promise<never> {
  return new Promise(() => undefined);
}
