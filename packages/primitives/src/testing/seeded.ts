import { createHash } from "node:crypto";

/**
 * Returns a generator of numbers in [0, 1): the same for the same seed, and unrelated for seeds that differ at all.
 *
 * The generator is sfc32 of Chris Doty-Humphrey's PractRand, seeded with the SHA-256 of the text.
 */
export function seeded(seed: string): () => number {
  const digest = createHash("sha256").update(seed).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = 1;
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** Returns a generator of ids in the form of a random UUID (RFC 9562, version 4). */
export function seededIds(seed: string): () => string {
  const random = seeded(seed);
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  return () => {
    const variant = "89ab"[Math.floor(random() * 4)]!;
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(8)}${hex(4)}`;
  };
}
