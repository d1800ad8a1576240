const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

/**
 * Reads how long a collector asks to wait, from a `google.rpc.Status` in Protobuf.
 *
 * Status has details (3), each an Any with type (1) and value (2); RetryInfo has a delay (1), a Duration of seconds (1)
 * and nanoseconds (2).
 *
 * @returns milliseconds; undefined where nothing is said, or nothing that can be read
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
 */
export function readRetryInfo(status: Buffer): number | undefined {
  try {
    for (const any of messagesIn(status, 3)) {
      const [type] = messagesIn(any, 1);
      const [info] = messagesIn(any, 2);
      if (type?.toString() !== RETRY_INFO || info === undefined) continue;
      const [delay = Buffer.alloc(0)] = messagesIn(info, 1);
      const seconds = numberIn(delay, 1);
      return Math.max(0, seconds * 1000 + numberIn(delay, 2) / 1e6);
    }
  } catch {
    // Cut short, or something else: then it says nothing.
  }
  return undefined;
}

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

function messagesIn(message: Buffer, number: number): Buffer[] {
  return [...fieldsIn(message)].flatMap((field) =>
    field.number === number && typeof field.value !== "number" ? [field.value] : [],
  );
}

function numberIn(message: Buffer, number: number): number {
  const found = [...fieldsIn(message)].find((field) => field.number === number)?.value;
  return typeof found === "number" ? found : 0;
}

function* fieldsIn(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const number = tag >>> 3;
    if ((tag & 7) === 0) {
      yield { number, value: varint() };
      continue;
    }
    const length = (tag & 7) === 1 ? 8 : (tag & 7) === 5 ? 4 : varint();
    yield { number, value: message.subarray(at, (at += length)) };
  }
}
