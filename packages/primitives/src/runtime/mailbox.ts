/** Letters of one run that nobody waits for yet; more than this many under one name is a mistake of the sender. */
const MAX_LETTERS = 1000;

/** What `signal()` brought to one run and who in it waits, by name. */
export class Mailbox {
  readonly #letters = new Map<string, unknown[]>();
  readonly #waiting = new Map<string, ((payload: unknown) => void)[]>();

  /** @throws RangeError when 1,000 letters of that name wait already */
  deliver(name: string, payload: unknown): void {
    const waiter = this.#waiting.get(name)?.shift();
    if (waiter !== undefined) return waiter(payload);
    const letters = this.#letters.get(name) ?? [];
    if (letters.length >= MAX_LETTERS)
      throw new RangeError(
        `signal "${name}": ${MAX_LETTERS} payloads wait already and the run takes none of them`,
      );
    letters.push(payload);
    this.#letters.set(name, letters);
  }

  /** Takes a letter that has come already, or waits for the next; returns how to stop waiting. */
  take(name: string, receive: (payload: unknown) => void): () => void {
    const letters = this.#letters.get(name);
    if (letters !== undefined && letters.length > 0) {
      receive(letters.shift());
      return () => undefined;
    }
    const waiting = this.#waiting.get(name) ?? [];
    waiting.push(receive);
    this.#waiting.set(name, waiting);
    return () => {
      const at = waiting.indexOf(receive);
      if (at >= 0) waiting.splice(at, 1);
    };
  }
}
