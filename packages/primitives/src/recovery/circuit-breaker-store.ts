import { circuitStates, type CircuitState } from "../catalog/values.ts";

/** Where a circuit stands. Plain JSON, so that it can be kept outside the process. */
export interface CircuitRecord {
  readonly state: CircuitState;
  /** One more with every record written, for `replace` to compare. */
  readonly revision: number;
  /** Changes of state so far: what was admitted before a change has no say after it. */
  readonly changes: number;
  /** When the state began: epoch milliseconds in a store, monotonic ones in the process. */
  readonly changedAtMs: number;
  /** Half-open: places taken, by probes under way and by those that succeeded. */
  readonly probes: number;
  readonly succeeded: number;
}

/**
 * Keeps the state of one circuit for several processes. What is shared is the state and the places of the probes; each
 * process counts the calls of its window for itself, and the first to see too many failures opens the circuit for all.
 *
 * While it rejects or takes too long, the process goes by what it knows itself.
 */
export interface CircuitBreakerStore {
  /** What was written last; undefined before the first time. */
  read(): Promise<CircuitRecord | undefined>;
  /** Writes `next` if what is kept still has the revision of `previous` (or is still absent); says whether it did. */
  replace(previous: CircuitRecord | undefined, next: CircuitRecord): Promise<boolean>;
}

/** The first writer wins and the others look again; so many lost races in a row mean a store that never writes. */
const MAX_RACES = 20;

export interface Exchanged<T> {
  readonly at: CircuitRecord;
  readonly next: CircuitRecord;
  readonly result: T;
}

/**
 * Moves the record in the store, again until nobody else moved it meanwhile.
 *
 * @param known What this process knows. Where it has gone on alone, because the store failed or lost its data, the higher
 *   revision wins and is written
 */
export async function exchange<T>(
  store: CircuitBreakerStore,
  known: CircuitRecord,
  move: (at: CircuitRecord) => Omit<Exchanged<T>, "at">,
): Promise<Exchanged<T>> {
  for (let race = 0; race < MAX_RACES; race++) {
    const found = checkRecord(await store.read());
    const isBehind = (found?.revision ?? 0) < known.revision;
    const at = isBehind || found === undefined ? known : found;
    const { next, result } = move(at);
    const isKept = next === at && !isBehind;
    if (isKept || (await store.replace(found, next))) return { at, next, result };
  }
  throw new Error(`the store refused to replace its record ${MAX_RACES} times in a row`);
}

function checkRecord(found: CircuitRecord | null | undefined): CircuitRecord | undefined {
  if (found === undefined || found === null) return undefined;
  const { state, revision, changes, changedAtMs, probes, succeeded } = found;
  const numbers = [revision, changes, changedAtMs, probes, succeeded];
  if (circuitStates.includes(state) && numbers.every(Number.isFinite)) return found;
  throw new TypeError("the store gave what is no record of a circuit");
}
