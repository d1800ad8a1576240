import { diag, metrics } from "@opentelemetry/api";
import { emptyResource } from "@opentelemetry/resources";
import type { CollectionResult } from "@opentelemetry/sdk-metrics";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { afterEach, expect, test, vi } from "vitest";
import { startMeterProvider } from "./meter-provider.ts";

afterEach(() => {
  diag.disable();
  metrics.disable();
});

/** A reader that keeps what it read, or cannot read at all. */
class TestReader extends MetricReader {
  readonly read: CollectionResult[] = [];
  readonly isBroken: boolean;

  constructor(isBroken = false) {
    super();
    this.isBroken = isBroken;
  }

  protected override async onForceFlush(): Promise<void> {
    if (this.isBroken) throw new Error("broken");
    this.read.push(await this.collect());
  }

  protected override onShutdown(): Promise<void> {
    return this.onForceFlush();
  }
}

const names = ({ read }: TestReader): string[] =>
  read.flatMap(({ resourceMetrics }) =>
    resourceMetrics.scopeMetrics.flatMap((scope) =>
      scope.metrics.map(({ descriptor }) => descriptor.name),
    ),
  );

const start = (...readers: TestReader[]) =>
  startMeterProvider({ readers, resource: emptyResource() });

test("every reader sees what the application counts", async () => {
  const [left, right] = [new TestReader(), new TestReader()];
  const { registered, forceFlush } = start(left, right);
  metrics.getMeter("shop").createCounter("orders").add(1);
  await forceFlush();
  expect([registered, names(left), names(right)]).toEqual([true, ["orders"], ["orders"]]);
});

test("a provider of the application keeps its place", async () => {
  const theirs = new MeterProvider();
  metrics.setGlobalMeterProvider(theirs);
  const error = vi.fn();
  const quiet = vi.fn();
  diag.setLogger({ error, warn: quiet, info: quiet, debug: quiet, verbose: quiet });
  const reader = new TestReader();
  const { registered, provider, release, shutdown } = start(reader);
  expect(registered).toBe(false);
  provider.getMeter("ours").createCounter("ours").add(1);
  release();
  await shutdown();
  expect(metrics.getMeterProvider()).toBe(theirs);
  expect(names(reader)).toEqual(["ours"]);
  // Nobody is told of a conflict, because nobody tried.
  expect(error).not.toHaveBeenCalled();
});

test("a release takes back its own registration, and no other", () => {
  const { release } = start();
  metrics.disable();
  const theirs = new MeterProvider();
  metrics.setGlobalMeterProvider(theirs);
  release();
  expect(metrics.getMeterProvider()).toBe(theirs);
  metrics.disable();

  const again = start();
  again.release();
  expect(start().registered).toBe(true);
});

test("views change what the readers see", async () => {
  const reader = new TestReader();
  const { provider, forceFlush } = startMeterProvider({
    readers: [reader],
    resource: emptyResource(),
    views: [{ instrumentName: "orders", name: "shop.orders" }],
  });
  provider.getMeter("shop").createCounter("orders").add(1);
  await forceFlush();
  expect(names(reader)).toEqual(["shop.orders"]);
});

test("a reader that fails keeps nobody from stopping", async () => {
  const reader = new TestReader();
  const { provider, forceFlush, shutdown } = start(new TestReader(true), reader);
  provider.getMeter("shop").createCounter("orders").add(1);
  await expect(forceFlush()).resolves.toBeUndefined();
  await expect(shutdown()).resolves.toBeUndefined();
  expect(names(reader)).toEqual(["orders", "orders"]);
});
