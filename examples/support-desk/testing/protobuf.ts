const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads every value of one field of a protobuf message whose type is bytes, string or message; fields of other types
 * are passed over.
 */
export function bytesAt(message: Buffer, field: number): readonly Buffer[] {
  const found: Buffer[] = [];
  let position = 0;

  function readVarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message.readUInt8(position);
      position += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  while (position < message.length) {
    const tag = readVarint();
    const wireType = tag % 8;
    if (wireType === wireTypes.varint) readVarint();
    else if (wireType === wireTypes.fixed64) position += 8;
    else if (wireType === wireTypes.fixed32) position += 4;
    else if (wireType === wireTypes.bytes) {
      const length = readVarint();
      const end = position + length;
      if (Math.floor(tag / 8) === field) found.push(message.subarray(position, end));
      position = end;
    } else throw new RangeError(`wire type ${wireType} at ${position} is none that proto3 has`);
  }
  return found;
}
