import { createNoopMeter, metrics } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader, ViewOptions } from "@opentelemetry/sdk-metrics";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

export interface MeterProviderSetup {
  /** Each belongs to no other provider. */
  readonly readers: readonly IMetricReader[];
  readonly resource: Resource;
  readonly views?: readonly ViewOptions[];
  /** Whether to serve the API's instruments, too, if nobody else does. @default true */
  readonly register?: boolean;
}

/** A meter provider that drives its readers. */
export interface RunningMeterProvider {
  /** Whether instruments that the application makes with the API are read, too: false where it has a provider of its own. */
  readonly registered: boolean;
  readonly provider: MeterProvider;
  /** Takes the registration back, at once. */
  readonly release: () => void;
  /** Has every reader push what there is. Never rejects. */
  readonly forceFlush: () => Promise<void>;
  /** Has every reader push what there is, and stops. Never rejects. */
  readonly shutdown: () => Promise<void>;
}

/**
 * Starts a meter provider and registers it, unless the application has registered one: that keeps its place, and ours
 * serves the readers alone.
 */
export function startMeterProvider(setup: MeterProviderSetup): RunningMeterProvider {
  const provider = new MeterProvider({
    resource: setup.resource,
    readers: [...setup.readers],
    views: [...(setup.views ?? [])],
  });
  const registered =
    setup.register !== false && !hasMeterProvider() && metrics.setGlobalMeterProvider(provider);
  return {
    registered,
    provider,
    release() {
      if (metrics.getMeterProvider() === provider) metrics.disable();
    },
    async forceFlush() {
      // What a reader could not do is reported where it failed; the others are not to wait for its sake.
      await provider.forceFlush().catch(() => undefined);
    },
    async shutdown() {
      await provider.shutdown().catch(() => undefined);
    },
  };
}

/** Whether somebody has registered a meter provider: without one, the API hands out one meter for everybody. */
export function hasMeterProvider(): boolean {
  return metrics.getMeterProvider().getMeter("@tta-dev/observability") !== createNoopMeter();
}
