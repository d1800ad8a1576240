import type { Mailbox } from "./runtime/mailbox.ts";
import type { RunListener } from "./telemetry/run-listener.ts";
import type { LogEvent } from "./telemetry/log-event.ts";
import type { DeclaredSlo, Slo } from "./slo/slo.ts";
import type { Registry } from "./metrics/registry.ts";
import { createSilentRegistry } from "./metrics/silent-registry.ts";

/**
 * What every copy of this package in one process shares.
 *
 * It lives on `globalThis` under `Symbol.for("tta.dev/1")`, so that two installed copies (or two bundles) still
 * count into one registry and reach the same listeners. It is the only module-level mutable state of the project.
 */
export interface Slot {
  /** Every metric of the process; a silent one until an entry is loaded through which metrics can be read. */
  registry: Registry;
  /** `"full"`: a span for the step and one for the primitive in it; `"compact"`: one for both. */
  spans: "full" | "compact";
  /** True where the tracer's sampler never samples a child of an unsampled local parent: such children skip the tracer. */
  unsampledIsFinal: boolean;
  /** Whether model calls are also counted under the names of OpenTelemetry's GenAI conventions. */
  genAiMetrics: boolean;
  /** The running observability of the process, so that a second copy of it finds the first. */
  observability?: unknown;
  /** Receive log events (a run failed, an attempt is retried, …). */
  readonly logListeners: Set<(event: LogEvent) => void>;
  /** Are told of runs that settle and of their scores. */
  readonly runListeners: Set<RunListener>;
  /** The SLOs of the process, by name. */
  readonly slos: Map<string, DeclaredSlo>;
  /** Are told of each SLO that is declared. */
  readonly sloListeners: Set<(slo: Slo) => void>;
  /** Baggage keys that become attributes `baggage.{key}` of a root span. */
  baggageKeys: readonly string[];
  /** Runs that can be signalled, by run id. */
  readonly mailboxes: Map<string, Mailbox>;
}

/** What the core goes without until code is loaded that brings it. */
export interface Extras {
  /** Comes with the entries through which metrics can be read. */
  createRegistry?: () => Registry;
  /** Checks and declares the SLOs of a workflow; comes with `defineSlo`. */
  declareSlos?: (workflow: string, slos: unknown) => readonly Slo[];
}

const SLOT = Symbol.for("tta.dev/1");
const EXTRAS = Symbol.for("tta.dev/1/extras");

/** Returns what was brought so far. It stands beside the slot, because a test may begin again with a new one. */
export function extras(): Extras {
  const home = globalThis as { [EXTRAS]?: Extras };
  return (home[EXTRAS] ??= {});
}

/** Returns the process-wide slot, made on first use. */
export function slot(): Slot {
  const home = globalThis as { [SLOT]?: Slot };
  return (home[SLOT] ??= {
    registry: (extras().createRegistry ?? createSilentRegistry)(),
    spans: "full",
    unsampledIsFinal: false,
    genAiMetrics: false,
    logListeners: new Set(),
    runListeners: new Set(),
    slos: new Map(),
    sloListeners: new Set(),
    baggageKeys: [],
    mailboxes: new Map(),
  });
}
