/**
 * Hashes a text to a whole number from 0 to 2^32 - 1: the same text always gives the same number.
 *
 * FNV-1a over UTF-16 code units, then MurmurHash3's 32-bit finalizer, because FNV alone leaves
 * texts that differ in the last character close together.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Returns a number in [0, 1) that depends on the key alone, so it cannot depend on timing. */
export function uniformOf(key: string): number {
  return hash32(key) / 2 ** 32;
}

/** Makes a generator of numbers in [0, 1) whose sequence depends on the key alone (mulberry32). */
export function createRandom(key: string): () => number {
  let state = hash32(key);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
