import type { ObservabilityConfig } from "./config/config.ts";
import type { Problem } from "./problem.ts";

/** What `initializeObservability` returns. Its functions may be passed around on their own. */
export interface Observability {
  /** False where `disabled` or OTEL_SDK_DISABLED turned everything off. */
  readonly enabled: boolean;
  /** What is not as it should be around the program: a taken port, a dead collector. A kind once, with a count; grows while the program runs. */
  readonly problems: readonly Problem[];
  /** Every setting with its value and where it came from. Safe to print. */
  readonly config: ObservabilityConfig;
  /** Resolves when the port of the metrics page is settled. Never rejects; nothing has to wait for it. */
  readonly ready: Promise<void>;
  /** Address of the metrics page; undefined until `ready`, and where there is none. */
  readonly metricsUrl: string | undefined;
  /** Sends what waits to be sent. Never rejects, and gives up after `shutdownTimeoutMs`. */
  readonly forceFlush: () => Promise<void>;
  /**
   * Sends what waits, closes the port and takes everything back, so that it can be initialised again.
   * Never rejects, gives up after `shutdownTimeoutMs`, and may be called more than once.
   */
  readonly shutdown: () => Promise<void>;
}
