import { withoutSecrets } from "../config/kind.ts";
import type { Report } from "../problem.ts";
import type { sendBlocking } from "./blocking.ts";
import type { Resender } from "./resend.ts";
import { createResender } from "./resend.ts";
import type { ExitSource, Outcome, Parcel, Shipment } from "./shipment.ts";
import { counted } from "./shipment.ts";
import type { Spool } from "./spool.ts";

/** What the delivery at exit is told. */
export interface ExitDeliveryOptions {
  readonly sendBlocking: typeof sendBlocking;
  /** Takes what could not be sent; without it that is lost. */
  readonly spool: Spool | undefined;
  /** Milliseconds for one request of what an earlier process has left. */
  readonly timeoutMs: number;
  readonly report: Report;
}

/** Delivers what is left when the process ends, and what an earlier one has left. */
export interface ExitDelivery {
  /** Adds a signal, and begins to send what an earlier process has left of it. */
  readonly register: (source: ExitSource) => void;
  /** Adds what is to be done first: a sampler that holds back spans decides on them. */
  readonly before: (run: () => void) => void;
  /**
   * Sends what every signal has left, without a promise: it returns when all is sent, spooled or, which is reported and
   * counted, lost. Never throws.
   *
   * @param timeoutMs Milliseconds to wait for the collector; with 0 it is not asked.
   */
  readonly deliver: (timeoutMs: number) => void;
  /** Resolves when what an earlier process has left was tried. Never rejects. */
  readonly resent: () => Promise<void>;
}

interface Leftover {
  readonly source: ExitSource;
  readonly parcel: Parcel;
}

/** Makes the delivery at exit. */
export function createExitDelivery(options: ExitDeliveryOptions): ExitDelivery {
  const { spool, report } = options;
  const sources: ExitSource[] = [];
  const resenders: Resender[] = [];
  const first: (() => void)[] = [];

  const attempt = (what: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      report({
        code: "lost_at_exit",
        message: `${what} failed at the end, and something may be lost: ${String(error)}`,
        subject: what,
      });
    }
  };

  const leftOf = (source: ExitSource): Leftover[] => {
    const leftovers: Leftover[] = [];
    attempt(`to write the ${source.items.many} that were left`, () => {
      for (const parcel of source.take()) leftovers.push({ source, parcel });
    });
    return leftovers;
  };

  const lose = (source: ExitSource, count: number, outcome: Outcome): void => {
    source.lost(count);
    const collector = `the collector at ${withoutSecrets(source.destination.url)}`;
    const why = outcome === "refused" ? "refuses them" : "cannot be reached or does not answer";
    const hint =
      spool === undefined ? "; the option spoolFolder keeps them for the next start" : "";
    report({
      code: "lost_at_exit",
      message: `${counted(count, source.items)} had not arrived at the end and are lost: ${collector} ${why}${hint}`,
      subject: source.signal,
    });
  };

  const ask = (shipments: readonly Shipment[], timeoutMs: number): readonly Outcome[] => {
    try {
      return options.sendBlocking(shipments, timeoutMs);
    } catch {
      // Then none of it arrived.
      return [];
    }
  };

  const handOver = (leftovers: readonly Leftover[], timeoutMs: number): void => {
    if (leftovers.length === 0) return;
    const shipments = leftovers.map(({ source: { destination }, parcel }) => ({
      destination,
      parcel,
    }));
    const outcomes = timeoutMs > 0 ? ask(shipments, timeoutMs) : [];
    const lost = new Map<ExitSource, { items: number; outcome: Outcome }>();
    for (const [index, { source, parcel }] of leftovers.entries()) {
      const outcome = outcomes[index] ?? "unavailable";
      if (outcome === "delivered") continue;
      if (outcome === "unavailable" && spool?.put(parcel) === true) continue;
      const items = (lost.get(source)?.items ?? 0) + parcel.items;
      lost.set(source, { items, outcome });
    }
    for (const [source, { items, outcome }] of lost) lose(source, items, outcome);
  };

  const stop = (): void => {
    for (const resender of resenders.splice(0)) resender.stop();
  };

  return {
    register(source) {
      sources.push(source);
      if (spool !== undefined) resenders.push(createResender({ ...options, spool, source }));
    },
    before(run) {
      first.push(run);
    },
    deliver(timeoutMs) {
      attempt("delivery", () => {
        stop();
        for (const { prepare } of sources) prepare?.();
        for (const run of first) attempt("a part that holds something back", run);
        handOver(sources.flatMap(leftOf), timeoutMs);
      });
    },
    async resent() {
      await Promise.all(resenders.map((resender) => resender.tried()));
    },
  };
}
