import { isRecord } from "../config/kind.ts";
import { signals } from "../config/settings/otlp.ts";
import type { Encoding, Parcel } from "./shipment.ts";

const FORMAT = "tta-spool/1";
const encodings: readonly Encoding[] = ["protobuf", "json"];
const NEWLINE = 10;

/** Writes a parcel as a line of JSON, then its body. */
export function encodeParcel({ signal, encoding, items, body }: Parcel): Buffer {
  const head = JSON.stringify({ format: FORMAT, signal, encoding, items, bytes: body.length });
  return Buffer.concat([Buffer.from(`${head}\n`), body]);
}

/**
 * Reads what {@link encodeParcel} has written.
 *
 * @throws {Error} for anything else, and for a part of it.
 */
export function decodeParcel(content: Buffer): Parcel {
  const end = content.indexOf(NEWLINE);
  const head = parseHead(content.toString("utf8", 0, end));
  const signal = signals.find((one) => one === head["signal"]);
  const encoding = encodings.find((one) => one === head["encoding"]);
  const body = content.subarray(end + 1);
  const items = Number(head["items"]);
  if (
    head["format"] !== FORMAT ||
    signal === undefined ||
    encoding === undefined ||
    !Number.isSafeInteger(items) ||
    head["bytes"] !== body.length
  ) {
    throw new Error(`it is not of the format ${FORMAT}, or not complete`);
  }
  return { signal, encoding, items, body };
}

function parseHead(line: string): Readonly<Record<string, unknown>> {
  try {
    const head: unknown = JSON.parse(line);
    return isRecord(head) ? head : {};
  } catch {
    return {};
  }
}
