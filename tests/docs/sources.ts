import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A field of an interface, as its source declares it. */
export interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  /** What its doc comment says behind `@default`. */
  readonly default: string | undefined;
}

/** Lists the sources of the packages, without tests. */
function sourceFiles(): readonly string[] {
  return globSync("packages/*/src/**/*.ts")
    .filter((path) => !/\.(test|test-d|fixture)\.ts$/.test(path))
    .toSorted();
}

/** The code of all sources, without comments. */
export function sourceCode(exclude: RegExp = /^$/): string {
  return sourceFiles()
    .filter((path) => !exclude.test(path))
    .map((path) => readFileSync(path, "utf8").replaceAll(/\/\*\*?.*?\*\//gs, ""))
    .join("\n");
}

/**
 * Reads the fields of an exported interface and of those that it extends, whether declared in its file or imported.
 * `Omit<Other, "field">` leaves that field out.
 *
 * @throws Error when one of the interfaces is not found.
 */
export function allFieldsOf(path: string, name: string): readonly Field[] {
  const text = readFileSync(path, "utf8");
  const bases =
    new RegExp(`^export interface ${name}\\b[^{]*? extends ([^{]*)\\{`, "m").exec(text)?.[1] ?? "";
  const inherited = [...bases.matchAll(/(?:(Omit)<)?(\w+)((?:,[^<>{}]*)?>)?/g)].flatMap(
    ([, omit, base = "", rest = ""]) => {
      if (omit === undefined && rest !== "")
        throw new Error(`${path}: cannot read "extends ${bases}"`);
      const from = new RegExp(`import type \\{[^}]*\\b${base}\\b[^}]*\\} from "(\\./[^"]+)"`).exec(
        text,
      )?.[1];
      const left = [...rest.matchAll(/"(\w+)"/g)].map(([, field]) => field);
      return allFieldsOf(from === undefined ? path : join(dirname(path), from), base).filter(
        (field) => !left.includes(field.name),
      );
    },
  );
  return [...inherited, ...fieldsOf(path, name)];
}

/**
 * Reads the fields of an exported interface, without those it extends.
 *
 * @throws Error when the file has no such interface, or it has no field.
 */
export function fieldsOf(path: string, name: string): readonly Field[] {
  const text = readFileSync(path, "utf8");
  const body = new RegExp(`^export interface ${name}\\b.*?\\{\\n(.*?)^\\}`, "ms").exec(text)?.[1];
  if (body === undefined) throw new Error(`${path} has no interface ${name}`);
  const fields = [
    ...body.matchAll(/^ {2}(?:\/\*\*((?:(?!\*\/).)*)\*\/\s+)?readonly (\w+)(\?)?:/gms),
  ].map(([, comment = "", field = "", optional]) => ({
    name: field,
    isOptional: optional !== undefined,
    default: /@default (.*?)\s*$/m.exec(comment)?.[1],
  }));
  if (fields.length === 0) throw new Error(`${path}: interface ${name} has no field`);
  return fields;
}
