import type { OtlpProtocol, Signal } from "../config/settings/otlp.ts";
import type { TlsOptions } from "../config/otlp-certificates.ts";

/** Where a signal is sent. Holds secrets: never shown, never written to disk. */
export interface Destination {
  readonly protocol: OtlpProtocol;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: TlsOptions | undefined;
}

/** How the body of a request is written. */
export type Encoding = "protobuf" | "json";

/** One request's worth of telemetry: an Export…ServiceRequest. */
export interface Parcel {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly body: Uint8Array;
  /** How many spans, points or log records are in it. */
  readonly items: number;
}

/** A parcel with its address. */
export interface Shipment {
  readonly destination: Destination;
  readonly parcel: Pick<Parcel, "signal" | "encoding" | "body">;
}

/** What became of it; `unavailable` is worth another try, `refused` is not. */
export type Outcome = "delivered" | "unavailable" | "refused";

/** What a signal consists of, in words. */
export interface Words {
  readonly one: string;
  readonly many: string;
}

/** Puts a number of items into words. */
export function counted(count: number, { one, many }: Words): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A signal that may have something left when the process ends. */
export interface ExitSource {
  readonly signal: Signal;
  readonly items: Words;
  readonly destination: Destination;
  /** Makes room: what others have held back comes before it is asked to `take`. */
  readonly prepare?: () => void;
  /** Hands out, for good and at once, what is not known to have arrived. Empty where there is nothing. */
  readonly take: () => readonly Parcel[];
  /** Hears how many items of what it handed out are lost. */
  readonly lost: (items: number) => void;
}
