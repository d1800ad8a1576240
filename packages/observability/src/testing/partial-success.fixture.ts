interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** Writes Export…ServiceResponse: all was taken but that many items. */
export function partialSuccess(
  { rejected, message }: PartialSuccess,
  { json, path }: { readonly json: boolean; readonly path: string },
): Buffer {
  if (!json) {
    const partial = Buffer.concat([Buffer.from([8, ...varint(rejected)]), field(2, message)]);
    return field(1, partial);
  }
  const items = /trace/i.test(path)
    ? "rejectedSpans"
    : /metrics/i.test(path)
      ? "rejectedDataPoints"
      : "rejectedLogRecords";
  return Buffer.from(
    JSON.stringify({ partialSuccess: { [items]: rejected, errorMessage: message } }),
  );
}

/** Writes google.rpc.Status with a RetryInfo, as gRPC carries it in `grpc-status-details-bin`. */
export function retryInfo(code: number, seconds: number): Buffer {
  const whole = Math.floor(seconds);
  const nanos = Math.round((seconds - whole) * 1e9);
  const duration = Buffer.from([8, ...varint(whole), 16, ...varint(nanos)]);
  const any = [field(1, "type.googleapis.com/google.rpc.RetryInfo"), field(2, field(1, duration))];
  return Buffer.concat([Buffer.from([8, ...varint(code)]), field(3, Buffer.concat(any))]);
}

function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
