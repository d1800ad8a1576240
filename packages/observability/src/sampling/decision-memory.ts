/** What was decided lately, by trace id. */
export interface DecisionMemory<T> {
  readonly get: (traceId: string, nowMs: number) => T | undefined;
  readonly set: (traceId: string, decision: T, nowMs: number) => void;
}

export interface DecisionMemoryOptions {
  /** Decisions that are remembered at most. */
  readonly maxCount: number;
  /** Milliseconds for which one is remembered, unless there are too many; up to twice as long. */
  readonly rememberMs: number;
}

/**
 * Remembers decisions in two generations: when the young one is full or old, it takes the place of the other, which is
 * forgotten. So forgetting costs nothing, and whatever is asked for lives on.
 */
export function createDecisionMemory<T>({
  maxCount,
  rememberMs,
}: DecisionMemoryOptions): DecisionMemory<T> {
  const generation = Math.max(1, Math.floor(maxCount / 2));
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let bornAtMs = -Infinity;

  const turn = (nowMs: number): void => {
    const age = nowMs - bornAtMs;
    if (young.size < generation && age < rememberMs) return;
    old = age >= 2 * rememberMs ? new Map() : young;
    young = new Map();
    bornAtMs = nowMs;
  };

  const set = (traceId: string, decision: T, nowMs: number): void => {
    turn(nowMs);
    young.set(traceId, decision);
  };

  return {
    set,
    get(traceId, nowMs) {
      turn(nowMs);
      const found = young.get(traceId);
      if (found !== undefined) return found;
      const older = old.get(traceId);
      if (older !== undefined) set(traceId, older, nowMs);
      return older;
    },
  };
}
