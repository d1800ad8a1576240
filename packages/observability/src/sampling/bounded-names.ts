import { OTHER } from "@tta-dev/primitives/catalog";

/**
 * Keeps something for each name, up to a number of names; all others share one.
 *
 * Span names should be few, but a name with an id in it must not take memory without end.
 */
export function createBoundedNames<T>(
  maxNames: number,
  make: () => T,
): { readonly of: (name: string) => T; readonly values: () => IterableIterator<T> } {
  const known = new Map<string, T>();
  const add = (name: string): T => {
    const made = make();
    known.set(name, made);
    return made;
  };
  return {
    of: (name) =>
      known.get(name) ?? (known.size < maxNames ? add(name) : (known.get(OTHER) ?? add(OTHER))),
    values: () => known.values(),
  };
}
