import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { withoutSecrets } from "../config/kind.ts";
import type { Report } from "../problem.ts";
import { sendShipment } from "./send.ts";
import type { ExitSource, Outcome, Parcel } from "./shipment.ts";
import { counted } from "./shipment.ts";
import type { Found, Spool } from "./spool.ts";

/** What is sent again, and where to. */
export interface ResendOptions {
  readonly spool: Spool;
  readonly source: ExitSource;
  readonly timeoutMs: number;
  readonly report: Report;
}

/** Sends, in the background, what an earlier process has left. */
export interface Resender {
  /** Resolves when everything was tried that is there now. Never rejects. */
  readonly tried: () => Promise<void>;
  /** Puts back what is under way. */
  readonly stop: () => void;
}

/** A collector that was away at the start is asked again after this time. */
const AGAIN_MS = 60_000;
const NO_TRACING = suppressTracing(ROOT_CONTEXT);

/** Begins to send what an earlier process has left of a signal, one request after the other. */
export function createResender({ spool, source, timeoutMs, report }: ResendOptions): Resender {
  let underWay: Found | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const send = (parcel: Parcel): Promise<Outcome> =>
    new Promise((resolve) => {
      context.with(NO_TRACING, () => {
        const shipment = { destination: source.destination, parcel };
        sendShipment(shipment, { timeoutMs, inBackground: true }, resolve);
      });
    });

  const refused = (items: number): void => {
    source.lost(items);
    report({
      code: "lost_at_exit",
      message: `${counted(items, source.items)} that an earlier process has left are refused by the collector at ${withoutSecrets(source.destination.url)}, and are lost`,
      subject: `${source.signal} left`,
    });
  };

  const run = async (): Promise<void> => {
    for (let found = spool.take(source.signal); found; found = spool.take(source.signal)) {
      underWay = found;
      const outcome = await send(found.parcel);
      if (isStopped) return;
      underWay = undefined;
      if (outcome === "unavailable") {
        found.putBack();
        timer = setTimeout(begin, AGAIN_MS).unref();
        return;
      }
      found.remove();
      if (outcome === "refused") refused(found.parcel.items);
    }
  };

  let running = Promise.resolve();
  const begin = (): void => {
    running = run();
  };
  begin();
  return {
    tried: () => running,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      underWay?.putBack();
      underWay = undefined;
    },
  };
}
