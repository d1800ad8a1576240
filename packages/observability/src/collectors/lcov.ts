/** One file of a tracefile while it is read. */
interface LcovFile {
  readonly hits: Map<number, number>;
  found: number;
  hit: number;
}

/**
 * Reads a tracefile of lcov. A file that several tests report is one file: a line counts as run if any of them ran it.
 *
 * @see https://github.com/linux-test-project/lcov/blob/master/man/geninfo.1
 */
export function parseLcov(
  text: string,
): ReadonlyMap<string, { readonly lines: number; readonly covered: number }> {
  const files = new Map<string, LcovFile>();
  let file: LcovFile | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, key = "", value = ""] = /^([A-Z]+):(.*)$/.exec(line) ?? [];
    if (key === "SF") {
      file = files.get(value) ?? { hits: new Map(), found: 0, hit: 0 };
      files.set(value, file);
    } else if (file !== undefined && key === "DA") {
      const [number = Number.NaN, count = Number.NaN] = value.split(",").map(Number);
      if (Number.isInteger(number) && count >= 0)
        file.hits.set(number, (file.hits.get(number) ?? 0) + count);
    } else if (file !== undefined && key === "LF") file.found = Math.max(file.found, Number(value));
    else if (file !== undefined && key === "LH") file.hit = Math.max(file.hit, Number(value));
    else if (line === "end_of_record") file = undefined;
  }
  return new Map([...files].map(([path, read]) => [path, countsOf(read)]));
}

/** Some writers leave the lines out and give their number alone. */
function countsOf({ hits, found, hit }: LcovFile): {
  readonly lines: number;
  readonly covered: number;
} {
  if (hits.size === 0) return { lines: found || 0, covered: Math.min(hit || 0, found || 0) };
  const covered = [...hits.values()].filter((count) => count > 0).length;
  return { lines: hits.size, covered };
}
