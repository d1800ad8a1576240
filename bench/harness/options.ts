import { parseArgs } from "node:util";

/** What the command line asked for. */
export interface Options {
  readonly json: boolean;
  readonly quick: boolean;
  readonly assert: boolean;
  readonly list: boolean;
  /** Parts of row names, in lower case; none means every row. */
  readonly rows: readonly string[];
  readonly seed: number;
}

/** Describes the command line. */
export const usage = `usage: npm run bench -- [options]
  --row NAME   only rows whose name contains NAME; may be repeated
  --quick      a smoke run: few pairs, figures not to be quoted
  --json       standard output is a JSON array of rows and nothing else
  --assert     exit with 1 when a row is over its limit
  --seed N     seed for the order of blocks (default 1)
  --list       print the names of the rows and stop`;

/**
 * Reads the command line.
 *
 * @throws {TypeError} for an unknown option or a value that is not of its kind.
 */
export function parseOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      assert: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      row: { type: "string", multiple: true, default: [] },
      seed: { type: "string", default: "1" },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new TypeError(`--seed ${values.seed}: expected a whole number of 0 or more`);
  const { json, quick, assert, list } = values;
  return { json, quick, assert, list, seed, rows: values.row.map((name) => name.toLowerCase()) };
}

/**
 * Chooses the rows that `options` name.
 *
 * @throws {TypeError} when a name matches no row.
 */
export function selectRows<R extends { readonly name: string }>(
  rows: readonly R[],
  options: Options,
): readonly R[] {
  if (options.rows.length === 0) return rows;
  const matches = (row: R, part: string): boolean => row.name.toLowerCase().includes(part);
  for (const part of options.rows)
    if (!rows.some((row) => matches(row, part)))
      throw new TypeError(`--row ${part}: no row has this in its name; --list prints them`);
  return rows.filter((row) => options.rows.some((part) => matches(row, part)));
}
