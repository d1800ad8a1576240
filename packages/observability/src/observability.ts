import type { Analysis } from "./analysis/analysis.ts";
import type { ActiveAnomaly } from "./anomaly/watch.ts";
import type { CircuitCollector } from "./collectors/circuit-collector.ts";
import type { ComponentCollector } from "./collectors/component-collector.ts";
import type { LlmCollector } from "./collectors/llm-collector.ts";
import type { ObservabilityConfig } from "./config/config.ts";
import type { Attachable } from "./parts/attachment.ts";
import type { Problem } from "./problem.ts";
import type { SloSurface } from "./slo/slo-surface.ts";

/** What `initializeObservability` returns. Its functions may be passed around on their own. */
export interface Observability extends Omit<Analysis, "release">, Attachable {
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
  /** How the SLOs of the process stand, and what the program judged itself. */
  readonly slo: SloSurface;
  /** What is unusual now. */
  readonly anomalies: () => readonly ActiveAnomaly[];
  /** How mature the components are, and what they lack for the next stage. */
  readonly components: Pick<ComponentCollector, "evaluate" | "snapshot">;
  /** State of every circuit breaker, and how long it has been in which. */
  readonly circuits: Pick<CircuitCollector, "snapshot">;
  /** Requests, tokens, money and times of every model. */
  readonly llm: LlmCollector;
  /** Sends what waits to be sent. Never rejects, and gives up after `shutdownTimeoutMs`. */
  readonly forceFlush: () => Promise<void>;
  /**
   * Begins a short piece of work, such as one call of a serverless function: `await using _run = observability.session()`
   * flushes when the block is left, however it is left. Never rejects, and gives up after `shutdownTimeoutMs`.
   */
  readonly session: () => AsyncDisposable;
  /**
   * Sends what waits, closes the port and takes everything back, so that it can be initialised again.
   * Never rejects, gives up after `shutdownTimeoutMs`, and may be called more than once.
   */
  readonly shutdown: () => Promise<void>;
}
