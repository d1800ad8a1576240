import type { Message } from "./otlp-protobuf.fixture.ts";
import { zero } from "./otlp-protobuf.fixture.ts";
import type { Field, MessageName, ScalarType } from "./otlp-schema.fixture.ts";
import { fieldsOf } from "./otlp-schema.fixture.ts";

/**
 * Reads an OTLP/JSON message into what `readProtobuf` makes of the same message in Protobuf.
 *
 * @throws {Error} for a field that the protocol does not have.
 */
export function readJson(name: MessageName, json: unknown): Message {
  if (typeof json !== "object" || json === null) throw new Error(`${name} is no object`);
  const given: Record<string, unknown> = { ...json };
  const message: Record<string, unknown> = {};
  for (const field of fieldsOf(name)) {
    message[field.name] = readField(field, given[field.name]);
    delete given[field.name];
  }
  const left = Object.keys(given).filter((key) => given[key] !== undefined);
  if (left.length > 0) throw new Error(`${name} has no field ${left.join()}`);
  return message;
}

function readField({ type, repeated, optional }: Field, value: unknown): unknown {
  if (typeof type === "object") {
    if (repeated) return list(value).map((each) => readJson(type.message, each));
    return value === undefined ? undefined : readJson(type.message, value);
  }
  if (type === "attributes") return readAttributes(value);
  if (repeated) return list(value).map((each) => scalar(type, each));
  if (value !== undefined && value !== null) return scalar(type, value);
  return optional || type === "any" ? undefined : zero(type);
}

/** 64-bit numbers are decimal strings in JSON, ids are hex. */
function scalar(type: ScalarType, value: unknown): unknown {
  if (type === "any") return readAny(value);
  if (type === "nanos") return BigInt(String(value));
  if (type === "bool") return value === true;
  return type === "string" || type === "id" ? String(value) : Number(value);
}

function readAttributes(pairs: unknown): Record<string, unknown> {
  return Object.fromEntries(
    list(pairs).map((pair) => {
      const { key, value } = pair as { key: string; value?: unknown };
      return [key, readAny(value)];
    }),
  );
}

function readAny(value: unknown): unknown {
  const [entry] = Object.entries(value ?? {});
  if (entry === undefined) return undefined;
  const [kind, held] = entry as [string, unknown];
  if (kind === "intValue" || kind === "doubleValue") return Number(held);
  if (kind === "arrayValue") return list((held as { values?: unknown }).values).map(readAny);
  if (kind === "kvlistValue") return readAttributes((held as { values?: unknown }).values);
  return kind === "bytesValue" ? Buffer.from(String(held), "base64") : held;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
