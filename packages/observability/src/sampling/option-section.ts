import type { Kind } from "../config/kind.ts";
import { isRecord, text } from "../config/kind.ts";
import { fromOption } from "../config/setting.ts";
import type { Report } from "../problem.ts";

/** Reads a field of an object of options. */
export interface OptionSection {
  /** @throws TypeError or RangeError for a wrong value. */
  <T>(field: string, kind: Kind<T>): T | undefined;
  <T>(field: string, kind: Kind<T>, fallback: T): T;
}

const record: Kind<Readonly<Record<string, unknown>>> = {
  expected: "an object with options",
  is: isRecord,
  fits: () => true,
  parse: () => undefined,
  show: text.show,
};

/**
 * Opens an object of options; a missing one has none.
 *
 * @param name Its full name, `sampling.tail`.
 * @param fields The names it may have; any other is reported.
 * @throws TypeError where it is no object.
 */
export function openSection(
  name: string,
  given: unknown,
  { fields, report }: { readonly fields: Readonly<Record<string, true>>; readonly report: Report },
): OptionSection {
  const options = fromOption(name, given, record)?.value ?? {};
  for (const field of Object.keys(options)) {
    if (Object.hasOwn(fields, field)) continue;
    report({
      code: "unknown_option",
      message: `${name}.${field} is not an option and is ignored; expected one of ${Object.keys(fields).join(", ")}`,
      subject: `${name}.${field}`,
    });
  }
  return <T>(field: string, kind: Kind<T>, fallback?: T) =>
    (fromOption(`${name}.${field}`, options[field], kind)?.value ?? fallback) as T;
}
