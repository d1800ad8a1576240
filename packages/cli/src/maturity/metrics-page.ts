/** One line of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;
const END_OF_LABELS = /\s*\}/y;
const VALUE = /\s+([-+.0-9eE]+)(?:\s|$)/y;

/**
 * Reads the samples of some metrics out of a page in Prometheus' text format or in OpenMetrics.
 *
 * Timestamps and exemplars are passed over, and so is every line that is no sample of a number.
 *
 * @param names Names as they stand on the page.
 */
export function readSamples(page: string, names: ReadonlySet<string>): readonly Sample[] {
  return page.split(/\r?\n/).flatMap((line) => readSample(line, names));
}

function readSample(line: string, names: ReadonlySet<string>): readonly Sample[] {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    at = match === null ? at : pattern.lastIndex;
    return match;
  };
  const name = take(NAME)?.[0];
  if (name === undefined || !names.has(name)) return [];
  const labels = new Map<string, string>();
  if (line[at] === "{") {
    at += 1;
    for (let label = take(LABEL); label !== null; label = take(LABEL))
      labels.set(label[1]!, unescape(label[2]!));
    if (take(END_OF_LABELS) === null) return [];
  }
  const value = Number(take(VALUE)?.[1] ?? Number.NaN);
  return Number.isNaN(value) ? [] : [{ name, labels, value }];
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, character: string) =>
    character === "n" ? "\n" : character,
  );
}
