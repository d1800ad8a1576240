import { ExportResultCode } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { ExportFailure } from "../transport/export-failure.ts";
import type { Exporter } from "../transport/guarded-exporter.ts";

/** Why a batch did not arrive. */
export interface Failure {
  readonly error: unknown;
  /** Whether the same batch may be taken later. */
  readonly isTemporary: boolean;
  /** How long the collector asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

/** Anything that is sent says which resource it comes from. */
interface Item {
  readonly resource: Resource;
}

/**
 * Turns an exporter into a function that ends exactly once and in bounded time, whatever the exporter does, and that
 * never rejects.
 *
 * @param timeoutMs Milliseconds after which an export that has not answered counts as failed.
 */
export function createAttempt<T extends Item>(
  exporter: Pick<Exporter<T[]>, "export">,
  timeoutMs: number,
): (items: readonly T[]) => Promise<Failure | undefined> {
  return async (items) => {
    const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
    const fail = (error: unknown): void => {
      const { isTemporary = false, retryAfterMs } = error instanceof ExportFailure ? error : {};
      resolve({ error, isTemporary, retryAfterMs });
    };
    const timer = setTimeout(() => {
      fail(new ExportFailure("timeout", "no answer in time"));
    }, timeoutMs);
    // Nothing is lost where the process ends before: what is under way is sent again then.
    timer.unref();
    const begin = async (): Promise<void> => {
      await resourcesOf(items);
      exporter.export([...items], ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve(undefined);
        else fail(error);
      });
    };
    begin().catch(fail);
    const failure = await promise;
    clearTimeout(timer);
    return failure;
  };
}

/** Detectors find out about the machine while the first spans are made already. */
async function resourcesOf(items: readonly Item[]): Promise<void> {
  const pending = new Set<Resource>();
  for (const { resource } of items) {
    if (resource?.asyncAttributesPending === true) pending.add(resource);
  }
  for (const resource of pending) await resource.waitForAsyncAttributes?.();
}
