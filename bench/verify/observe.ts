import type { Reply, RequestContext, Ticket } from "../scenario.ts";
import type { Sdk } from "../telemetry/sdk.ts";
import { recordOf, type SpanRecord } from "./span-record.ts";

/** A contestant whose spans can be looked at. */
export interface Observed {
  readonly run: (ticket: Ticket, request: RequestContext) => Promise<Reply>;
  /** Gives the spans that ended during `work`. */
  readonly observe: (work: () => Promise<void>) => Promise<readonly SpanRecord[]>;
  /** False where a span that failed tells so by its status alone. */
  readonly describesFailures: boolean;
}

/** Looks at what a contestant exports through the SDK. */
export function observeSdk(sdk: Sdk, run: Observed["run"]): Observed {
  return {
    run,
    describesFailures: true,
    async observe(work) {
      await sdk.flush();
      sdk.exporter.keep();
      await work();
      await sdk.flush();
      return sdk.exporter.take().map(recordOf);
    },
  };
}
