/** The latest numbers, so many at most. */
export interface Ring {
  readonly push: (value: number) => void;
  /** The oldest first. */
  readonly values: () => readonly number[];
  readonly size: () => number;
}

/** Makes an empty ring. */
export function createRing(capacity: number): Ring {
  const kept = new Float64Array(capacity);
  let count = 0;
  return {
    push(value) {
      kept[count % capacity] = value;
      count += 1;
    },
    values() {
      if (count <= capacity) return [...kept.subarray(0, count)];
      const start = count % capacity;
      return [...kept.subarray(start), ...kept.subarray(0, start)];
    },
    size: () => Math.min(count, capacity),
  };
}
