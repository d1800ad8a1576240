import { activate } from "./ambient.ts";
import type { CallContext } from "./call-context.ts";
import { describeMethods, readerMethods, type ReaderWatch } from "./readers.ts";
import { settleFailure, settleSuccess } from "./settle.ts";

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/**
 * Keeps a call open until its stream is over: consumed, failed, broken off, or stopped with the run.
 *
 * The stream stays the object it is (clients put methods on theirs); only its iterator is replaced, by one that runs
 * each `next()` in the call's context, because an async generator loses the ambient context of its consumer.
 */
export function observeStream(
  call: CallContext,
  stream: AsyncIterable<unknown>,
): AsyncIterable<unknown> {
  const watched = new WatchedStream(call, stream);
  const open = (): AsyncIterator<unknown> => watched.open();
  const methods = { ...watched.iteratorMethods(), [Symbol.asyncIterator]: open };
  try {
    return Object.defineProperties(stream, {
      ...describeMethods(methods),
      ...readerMethods(stream, watched),
    });
  } catch {
    // Frozen: the consumer gets a plain iterable instead.
    return { [Symbol.asyncIterator]: open };
  }
}

class WatchedStream implements ReaderWatch {
  readonly #call: CallContext;
  /** Taken before the stream's own method is replaced; a nested call watches what an inner one already watches. */
  readonly #openOriginal: () => AsyncIterator<unknown>;
  readonly #original: AsyncIterator<unknown> | undefined;
  readonly #unlisten: () => void;
  #isOver = false;

  constructor(call: CallContext, stream: AsyncIterable<unknown>) {
    this.#call = call;
    const openOriginal = stream[Symbol.asyncIterator];
    this.#openOriginal = () => openOriginal.call(stream);
    this.#original = methodsOf(stream);
    this.#unlisten = call.branch.scope.onAbort((reason) => this.failed(reason));
  }

  open(): AsyncIterator<unknown> {
    try {
      return this.#watch(this.within(this.#openOriginal));
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  within<O>(run: () => O): O {
    return activate(this.#call, run, undefined);
  }

  succeeded(): void {
    this.#end(() => settleSuccess(this.#call));
  }

  failed(error: unknown): void {
    this.#end(() => settleFailure(this.#call, error));
  }

  /** For streams that are their own iterators, as generators are. */
  iteratorMethods(): Partial<AsyncIterator<unknown>> {
    return this.#original === undefined ? {} : this.#watch(this.#original);
  }

  #watch(iterator: AsyncIterator<unknown>): AsyncIterableIterator<unknown> {
    const step = async (
      run: () => Promise<IteratorResult<unknown>>,
      isLast: boolean,
    ): Promise<IteratorResult<unknown>> => {
      try {
        const result = await this.within(run);
        if (isLast || result.done === true) this.succeeded();
        return result;
      } catch (error) {
        this.failed(error);
        throw error;
      }
    };
    const watched: AsyncIterableIterator<unknown> = {
      next: (...values: [] | [unknown]) => step(() => iterator.next(...(values as [])), false),
      return: (value?: unknown) =>
        step(async () => (await iterator.return?.(value)) ?? { done: true, value }, true),
      [Symbol.asyncIterator]: () => watched,
    };
    if (iterator.throw !== undefined)
      watched.throw = (error: unknown) => step(() => iterator.throw!(error), false);
    return watched;
  }

  #end(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unlisten();
    settle();
  }
}

/** The iterator's own methods, bound now: `observeStream` is about to replace them on the object. */
function methodsOf(stream: AsyncIterable<unknown>): AsyncIterator<unknown> | undefined {
  const iterator = stream as Partial<AsyncIterator<unknown>>;
  const { next, return: stop, throw: raise } = iterator;
  if (typeof next !== "function") return undefined;
  return {
    next: next.bind(iterator),
    ...(stop !== undefined && { return: stop.bind(iterator) }),
    ...(raise !== undefined && { throw: raise.bind(iterator) }),
  };
}
