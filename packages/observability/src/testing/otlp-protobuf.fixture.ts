import type { Field, MessageName, ScalarType } from "./otlp-schema.fixture.ts";
import { fieldsOf } from "./otlp-schema.fixture.ts";

export type Message = Readonly<Record<string, unknown>>;

/** What stands for a field on the wire: a number, or bytes. */
type Wire = bigint | Buffer;

/**
 * Reads a Protobuf message.
 *
 * @throws {Error} for bytes that are no such message, and for a field that the protocol does not have.
 */
export function readProtobuf(name: MessageName, bytes: Buffer): Message {
  const fields = fieldsOf(name);
  const wires = readWires(bytes);
  const message: Record<string, unknown> = {};
  for (const field of fields) {
    const found = wires.get(field.number) ?? [];
    wires.delete(field.number);
    message[field.name] = readField(field, found);
  }
  if (wires.size > 0) throw new Error(`${name} has no field ${[...wires.keys()].join()}`);
  return message;
}

function readField({ type, repeated, optional }: Field, wires: readonly Wire[]): unknown {
  if (typeof type === "object") {
    const messages = wires.map((wire) => readProtobuf(type.message, asBytes(wire)));
    return repeated ? messages : messages.at(-1);
  }
  if (type === "attributes") return readAttributes(wires);
  if (repeated) return wires.flatMap((wire) => unpack(type, wire));
  const last = wires.at(-1);
  if (last !== undefined) return scalar(type, last);
  return optional || type === "any" ? undefined : zero(type);
}

/** The value of a number or string that was not sent. */
export function zero(type: ScalarType): unknown {
  if (type === "string" || type === "id") return "";
  if (type === "nanos") return 0n;
  return type === "bool" ? false : 0;
}

function scalar(type: ScalarType, wire: Wire): unknown {
  if (type === "string") return asBytes(wire).toString("utf8");
  if (type === "id") return asBytes(wire).toString("hex");
  if (type === "any") return readAny(asBytes(wire));
  const value = asNumber(wire);
  if (type === "nanos") return value;
  if (type === "bool") return value !== 0n;
  if (type === "double") return asDouble(value);
  if (type === "sint32") return Number((value >> 1n) ^ -(value & 1n));
  if (type === "sfixed64") return Number(BigInt.asIntN(64, value));
  return Number(value);
}

/** A list of numbers is one field of bytes with the numbers one after the other. */
function unpack(type: ScalarType, wire: Wire): unknown[] {
  if (typeof wire === "bigint") return [scalar(type, wire)];
  if (type === "count" || type === "double") {
    return Array.from({ length: wire.length / 8 }, (_, index) =>
      scalar(type, wire.readBigUInt64LE(index * 8)),
    );
  }
  const numbers: unknown[] = [];
  const cursor = { at: 0 };
  while (cursor.at < wire.length) numbers.push(scalar(type, varint(wire, cursor)));
  return numbers;
}

function readAttributes(wires: readonly Wire[]): Record<string, unknown> {
  return Object.fromEntries(
    wires.map((wire) => {
      const pair = readWires(asBytes(wire));
      const value = pair.get(2)?.at(-1);
      return [
        asBytes(pair.get(1)?.at(-1) ?? Buffer.alloc(0)).toString("utf8"),
        value === undefined ? undefined : readAny(asBytes(value)),
      ];
    }),
  );
}

function readAny(bytes: Buffer): unknown {
  const [entry] = readWires(bytes);
  if (entry === undefined) return undefined;
  const [number, [wire = 0n]] = entry;
  if (number === 1) return asBytes(wire).toString("utf8");
  if (number === 2) return wire !== 0n;
  if (number === 3) return Number(BigInt.asIntN(64, asNumber(wire)));
  if (number === 4) return asDouble(asNumber(wire));
  const within = (readWires(asBytes(wire)).get(1) ?? []).map(asBytes);
  if (number === 5) return within.map(readAny);
  if (number === 6) return readAttributes(within);
  return asBytes(wire);
}

function readWires(bytes: Buffer): Map<number, Wire[]> {
  const wires = new Map<number, Wire[]>();
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const tag = Number(varint(bytes, cursor));
    const number = tag >>> 3;
    wires.set(number, [...(wires.get(number) ?? []), readWire(tag & 7, bytes, cursor)]);
  }
  return wires;
}

function readWire(kind: number, bytes: Buffer, cursor: { at: number }): Wire {
  if (kind === 0) return varint(bytes, cursor);
  const length = kind === 1 ? 8 : kind === 5 ? 4 : Number(varint(bytes, cursor));
  const part = bytes.subarray(cursor.at, (cursor.at += length));
  if (part.length < length) throw new Error("the message ends within a field");
  if (kind === 1) return part.readBigUInt64LE();
  if (kind === 5) return BigInt(part.readUInt32LE());
  if (kind === 2) return part;
  throw new Error(`there is no wire type ${kind}`);
}

function varint(bytes: Buffer, cursor: { at: number }): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes.readUInt8(cursor.at++);
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asUintN(64, value);
  }
}

function asBytes(wire: Wire): Buffer {
  if (typeof wire === "bigint") throw new Error("a number stands where bytes are expected");
  return wire;
}

function asNumber(wire: Wire): bigint {
  if (typeof wire !== "bigint") throw new Error("bytes stand where a number is expected");
  return wire;
}

function asDouble(bits: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits);
  return bytes.readDoubleLE();
}
