/** What a watched stream is told of a way of reading that is no iteration. */
export interface ReaderWatch {
  /** Runs a read where the stream belongs, in the context of its step. */
  within<O>(run: () => O): O;
  succeeded(): void;
  failed(error: unknown): void;
}

/**
 * Methods to put on streams that can be read without iterating: `getReader`, `pipeTo` and `pipeThrough` of a web stream.
 * What `tee` reads nobody is told: those two streams are read to their end unseen.
 */
export function readerMethods(stream: object, watch: ReaderWatch): PropertyDescriptorMap {
  if (!(stream instanceof ReadableStream)) {
    watchNodeStream(stream, watch);
    return {};
  }
  const web: ReadableStream<unknown> = stream;
  const getReader = web.getReader.bind(web);
  const pipeTo = web.pipeTo.bind(web);
  const follow = <T>(promise: Promise<T>): Promise<T> => {
    promise.then(
      () => watch.succeeded(),
      (error: unknown) => watch.failed(error),
    );
    return promise;
  };
  return describeMethods({
    getReader: (...options: Parameters<typeof getReader>) =>
      watchReader(getReader(...options), watch),
    pipeTo: (...options: Parameters<typeof pipeTo>) =>
      watch.within(() => follow(pipeTo(...options))),
    pipeThrough: (
      { writable, readable }: ReadableWritablePair<unknown, unknown>,
      options?: Parameters<typeof pipeTo>[1],
    ) => {
      // The error is the reader's of the other end.
      web.pipeTo(writable, options).catch(() => undefined);
      return readable;
    },
  });
}

type Reader = ReadableStreamDefaultReader<unknown> | ReadableStreamBYOBReader;

/** A reader that lets go leaves the rest to the next one; any other end is the stream's. */
function watchReader<R extends Reader>(reader: R, watch: ReaderWatch): R {
  const read = (reader.read as (...view: readonly unknown[]) => Promise<unknown>).bind(reader);
  const releaseLock = reader.releaseLock.bind(reader);
  let isReleased = false;
  reader.closed.then(
    () => watch.succeeded(),
    (error: unknown) => {
      if (!isReleased) watch.failed(error);
    },
  );
  return Object.defineProperties(
    reader,
    describeMethods({
      read: (...view: readonly unknown[]) => watch.within(() => read(...view)),
      releaseLock: () => {
        isReleased = true;
        releaseLock();
      },
    }),
  );
}

interface NodeStream {
  once(event: "close", listener: () => void): unknown;
  readonly errored: Error | null | undefined;
}

/** A stream of Node may be piped or listened to: that it is closed is all that can be known without a part in it. */
function watchNodeStream(stream: object, watch: ReaderWatch): void {
  const { once, pipe } = stream as { readonly once?: unknown; readonly pipe?: unknown };
  if (typeof once !== "function" || typeof pipe !== "function") return;
  const node = stream as NodeStream;
  node.once("close", () => {
    if (node.errored === null || node.errored === undefined) watch.succeeded();
    else watch.failed(node.errored);
  });
}

/** As a class has them: there, but not listed. */
export function describeMethods(
  methods: Readonly<Record<PropertyKey, unknown>>,
): PropertyDescriptorMap {
  const descriptors: PropertyDescriptorMap = {};
  for (const name of Reflect.ownKeys(methods))
    if (methods[name] !== undefined)
      descriptors[name] = { value: methods[name], configurable: true, writable: true };
  return descriptors;
}
